using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Functions;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Evaluation;

/// <summary>Fields of values, and functions that only values of one type have.</summary>
internal static class Members
{
    private static readonly LibraryFunction s_step = new(new Signature("step(optimizer, loss)"), static c =>
        ((OptimizerValue)c[0].Content!).Step(c.Run, c.Tensor(1)), EquationUse.No);

    private static readonly LibraryFunction s_state = new(new Signature("state(optimizer)"), static c => Value.Of(((OptimizerValue)c[0].Content!).State()), EquationUse.No);

    private static readonly LibraryFunction s_restore = new(new Signature("restore(optimizer, state)"), static c =>
    {
        ((OptimizerValue)c[0].Content!).Restore(c.Record(1));
        return Value.None;
    }, EquationUse.No);

    /// <summary>The field of a value, or null.</summary>
    public static Value? Find(Value target, string name)
    {
        if (target.TensorOrNull is { } tensor)
            return name switch
            {
                "shape" => Value.Of(tensor.Shape.Select(size => (Value)size)),
                "rank" => tensor.Rank,
                "size" => tensor.ElementCount,
                "dtype" => Value.Of(tensor.ElementType),
                _ => (Value?)null,
            };
        switch (target.Content)
        {
            case RecordValue record: return record.TryGetValue(name, out Value value) ? value : (Value?)null;
            case ModelValue model:
                return name switch
                {
                    "metadata" => Value.Of(model.Metadata),
                    "tensors" => Value.Of(model.Model.Tensors.Keys.Order(StringComparer.Ordinal).Select(key => (Value)key)),
                    _ => (Value?)null,
                };
            case ModuleValue module:
                if (!module.Members.TryGetValue(name, out Cell? cell)) return null;
                return cell.Value.IsUnset ? throw new ScriptFault(Messages.NoValueYet(name)) : cell.Value;
            case OptimizerValue optimizer:
                return name switch
                {
                    "lr" => optimizer.LearningRate,
                    "steps" => optimizer.Steps,
                    "kind" => optimizer.Name,
                    _ => (Value?)null,
                };
            default: return null;
        }
    }

    /// <summary>A function that only values of this type have, or null.</summary>
    public static FunctionValue? Method(Value target, string name) => (target.Content, name) switch
    {
        (ModelValue, "predict") => ModelFunctions.Predict,
        (OptimizerValue, "step") => s_step,
        (OptimizerValue, "state") => s_state,
        (OptimizerValue, "restore") => s_restore,
        _ => null,
    };

    /// <summary>The value with a field set. An optimiser is changed itself.</summary>
    /// <exception cref="ScriptFault">TL3001, TL3015.</exception>
    public static Value With(Value target, string name, Value value)
    {
        switch (target.Content)
        {
            case RecordValue record: return Value.Of(record.With(name, value));
            case OptimizerValue optimizer when name == "lr":
                optimizer.LearningRate = Tensors.NumberOrNull(value) ?? throw new ScriptFault(Messages.NeedsNumbers("lr"));
                return target;
            default: throw new ScriptFault(Messages.NoSettableField(target.TypeName, name));
        }
    }
}
