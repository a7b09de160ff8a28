using TensorLogic.Functions;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Logic;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Equations;

/// <summary><c>R(x, z) = e</c>: a fact for every element greater than 0 (9.7).</summary>
internal sealed class FactEquationNode(SourceSpan span, Equation equation, string relation) : StatementNode(span)
{
    public override Flow Execute(Frame f)
    {
        try
        {
            EquationRun run = new(f, equation);
            run.Prepare();
            IndexSizes.Find(run, null);
            IndexVariable[] indices = equation.LeftIndices;
            Tensor value = run.Spread(equation.Right.Evaluate(run), Array.ConvertAll(indices, index => index.Id));
            double[] elements = TensorConversion.ReadDoubles(value);
            Database database = f.Run.Database;
            EquationSubscript[] columns = equation.LeftAxes;
            database.Use(relation, columns.Length);
            Func<long, Value>[] names = [.. indices.Select(index => NamesOf(run, database, index, Array.FindIndex(columns, column => column is BareSubscript bare && bare.Index == index)))];
            IndexSpace space = new(run, indices);
            List<Value[]> facts = [];
            space.ForEach((at, values) =>
            {
                if (!(elements[at] > 0)) return;
                var fact = new Value[columns.Length];
                for (int column = 0; column < fact.Length; column++)
                    fact[column] = columns[column] switch
                    {
                        BareSubscript bare => names[Array.IndexOf(indices, bare.Index)](values[bare.Index.Id]),
                        PointSubscript point => Database.Constant(point.Value.Evaluate(f)),
                        _ => throw f.Fault(Messages.FormCannotStand(), columns[column].Span),
                    };
                facts.Add(fact);
            });
            foreach (Value[] fact in facts) database.AddFact(relation, fact, f.Run.Engine.Options.FactLimit);
        }
        catch (Exception problem) when (Faults.HasNoPlace(problem))
        {
            throw f.CallFault(problem, Span);
        }
        return Flow.Next;
    }

    /// <summary>The names of an axis: of the relation column where the index stands on the right, else by the column type, else entities if the sizes agree, else ints.</summary>
    private Func<long, Value> NamesOf(EquationRun run, Database database, IndexVariable index, int column)
    {
        foreach (TensorTerm term in equation.Tensors)
            for (int axis = 0; axis < term.Subscripts.Length; axis++)
                if (term.Relation is { } name && term.Subscripts[axis] is BareSubscript bare && bare.Index == index)
                    return database.AxisOf(database.Get(name), axis).Domain is { } domain ? i => domain.NameOf((int)i) : i => i;
        Column type = database.Get(relation).Columns[column];
        if (type.Kind == ColumnKind.Entity && (type.Domain ?? database.Open) is var declared && declared.Count >= run.Sizes[index.Id]) return i => declared.NameOf((int)i);
        if (type.Kind == ColumnKind.Int) return i => i;
        return database.Open.Count == run.Sizes[index.Id] ? i => database.Open.NameOf((int)i) : i => i;
    }
}
