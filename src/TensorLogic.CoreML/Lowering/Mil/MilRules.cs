using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.Mil;

/// <summary>What each operation of an ML Program stands for in the op table. Parameters and defaults: MIL's definitions in coremltools.</summary>
internal static partial class MilRules
{
    /// <summary>Lowers one operation.</summary>
    public delegate void Rule(MilCall call);

    private static readonly Dictionary<string, Rule> s_rules = new(
        [.. Elementwise(), .. Activations(), .. Recurrent(), .. RandomTensors(), .. Reductions(), .. Layers(), .. Shapes(), .. Weights(), .. ControlFlow(), .. Indexing(), .. Images()], StringComparer.Ordinal);

    /// <summary>Names of the operations that can be lowered.</summary>
    public static IReadOnlyCollection<string> Names => s_rules.Keys;

    /// <summary>The rule of an operation, or null.</summary>
    public static Rule? Find(string operation) => s_rules.GetValueOrDefault(operation);

    private static KeyValuePair<string, Rule> Row(string name, Rule rule) => new(name, rule);

    /// <summary>An operation with one tensor <c>x</c> and no settings.</summary>
    private static KeyValuePair<string, Rule> Unary(Operator @operator) => Row(@operator.Name, call => call.Emit(@operator, call.Value("x")));

    /// <summary>An operation with tensors <c>x</c> and <c>y</c>.</summary>
    private static KeyValuePair<string, Rule> Binary(Operator @operator) => Row(@operator.Name, call => call.Emit(@operator, call.Value("x"), call.Value("y")));
}
