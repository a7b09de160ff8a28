using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Values;
using TensorLogic.Training;

namespace TensorLogic.Language.Functions;

/// <summary>Learnables and gradients (11).</summary>
internal static class GradientFunctions
{
    public static void AddTo(Library library)
    {
        library.Add("learnable(x)", static c => Value.Of(new Learnable(Initial(c.Run.Functions, c.Tensor(0)), "learnable")));
        library.Add("assign(w, value)", static c =>
        {
            Learnable learnable = c[0].Content as Learnable ?? throw c.Expects("a learnable tensor", c[0]);
            Tensor value = c[1].Content is ListValue list ? TensorLiteral.OfList(c.Run, list, learnable.Current.ElementType) : c[1].IsNumber ? TensorLiteral.OfScalar(c[1], learnable.Current.ElementType) : c.Tensor(1);
            if (value.Rank == 0 && learnable.Current.Shape == [1]) value = value.Reshape(1);
            if (value.Shape != learnable.Current.Shape) throw new ScriptFault(Messages.ShapeOfLearnable(learnable.Name, learnable.Current.Shape, value.Shape));
            learnable.Set(value.To(learnable.Current.ElementType));
            return Value.None;
        });
        library.Add("detach(x)", static c => c[0].IsNumber ? c[0] : c.Tensor(0).Detach());
        library.Add("grad(y, w, create_graph = false)", static c => Gradient(c));
    }

    /// <summary>The value of a new learnable: floats as they are, others as f16.</summary>
    public static Tensor Initial(TensorFunctions f, Tensor value) => value.ElementType.IsFloat ? value : f.Cast(value, ElementType.Float16);

    private static Value Gradient(LibraryCall c)
    {
        Tensor? y = c.IsTensorLike(0) ? c.Tensor(0) : c[0].IsNumber ? TensorLiteral.OfScalar(c[0]) : null;
        if (y is not { ElementCount: 1 }) throw new ScriptFault(Messages.GradNeedsOneElement());
        Value[] wanted = c[1].Content is ListValue list ? list.Span.ToArray() : [c[1]];
        Learnable[] learnables = Array.ConvertAll(wanted, value => value.Content as Learnable ?? throw new ScriptFault(Messages.GradOfLearnables()));
        Tensor?[] gradients = Gradients.Of(c.F.Runner, y, learnables, c.Bool(2));
        for (int i = 0; i < gradients.Length; i++)
            if (gradients[i] is null) throw new ScriptFault(Messages.DoesNotDependOn(learnables[i].Name));
        return c[1].Kind == ValueKind.List ? Value.Of(gradients.Select(gradient => (Value)gradient)) : gradients[0]!;
    }
}
