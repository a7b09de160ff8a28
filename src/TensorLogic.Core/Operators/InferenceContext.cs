using System.Diagnostics.CodeAnalysis;

namespace TensorLogic.Operators;

/// <summary>What <see cref="Operator.Infer"/> is told of a node: input types, and input values where they are known already.</summary>
internal sealed class InferenceContext(Operator @operator, string nodeName, string? place, IReadOnlyList<ValueType?> inputs, IReadOnlyList<Tensor?> values)
{
    public string NodeName => nodeName;

    /// <summary>Number of inputs given, variadic ones counted singly; trailing optional inputs may be missing.</summary>
    public int InputCount => inputs.Count;

    /// <summary>True if input <paramref name="index"/> is given.</summary>
    public bool Has(int index) => index < inputs.Count && inputs[index] is not null;

    /// <summary>Any kind of input.</summary>
    public ValueType AnyInput(int index) => inputs[index] ?? throw Error(index, "missing", "given");

    /// <summary>Type of a tensor input.</summary>
    public TensorType Input(int index) => AnyInput(index) switch
    {
        TensorValueType tensor => tensor.Tensor,
        var other => throw Error(index, other.ToString()!, "a tensor"),
    };

    /// <summary>Value of an input, if it is known when the graph is built or planned.</summary>
    public Tensor? Value(int index) => index < values.Count ? values[index] : null;

    /// <summary>Integers of an input whose value is known, or null.</summary>
    public int[]? Integers(int index) => Value(index) is { } tensor ? Array.ConvertAll(TensorConversion.ReadLongs(tensor), value => (int)Math.Clamp(value, int.MinValue, int.MaxValue)) : null;

    /// <summary>Name of an input; a variadic one with its number.</summary>
    public string InputName(int index)
    {
        OperatorInput input = @operator.Inputs[Math.Min(index, @operator.Inputs.Length - 1)];
        return input.Variadic ? $"{input.Name}[{index - @operator.Inputs.Length + 1}]" : input.Name;
    }

    /// <summary>An error that names the operator, the node and the input.</summary>
    public ShapeException Error(int index, string actual, string expected) => new()
    {
        Operator = @operator.Name,
        Node = nodeName,
        Input = InputName(index),
        Actual = actual,
        Expected = expected,
        Place = place,
    };

    /// <summary>An error about an input's type.</summary>
    public ShapeException Error(int index, string expected) => Error(index, Has(index) ? inputs[index]!.ToString()! : "missing", expected);

    /// <summary>Throws unless the condition holds.</summary>
    public void Require([DoesNotReturnIf(false)] bool condition, int index, string expected)
    {
        if (!condition) throw Error(index, expected);
    }

    /// <summary>The length of a vector of sizes, which says how many axes the result has.</summary>
    /// <exception cref="UnknownRankException">It is not known before the run.</exception>
    public int Axes(int index)
    {
        TensorType sizes = Input(index);
        Require(sizes.Rank == 1 && sizes.Dimensions[0].Size is null or <= Shape.MaxRank, index, $"a vector of at most {Shape.MaxRank} sizes");
        return sizes.Dimensions[0].Size ?? throw new UnknownRankException(@operator.Name, nodeName, InputName(index)) { Place = place };
    }

    /// <summary>Checks presence and element types of every input against the operator's signature.</summary>
    public void CheckSignature()
    {
        int required = @operator.Inputs.Count(input => !input.Optional && !input.Variadic);
        for (int index = 0; index < required; index++)
            Require(Has(index) || @operator.Inputs[index].Optional, index, "given");
        for (int index = 0; index < inputs.Count; index++)
        {
            if (inputs[index] is not TensorValueType { Tensor.ElementType: var type }) continue;
            if (index >= @operator.Inputs.Length && !@operator.Inputs[^1].Variadic)
                throw Error(index, "given", $"absent: '{@operator.Name}' has {@operator.Inputs.Length} inputs");
            ElementTypes allowed = @operator.Inputs[Math.Min(index, @operator.Inputs.Length - 1)].Types;
            ElementTypes kind = type.IsFloat ? ElementTypes.Floats : type.IsInteger ? ElementTypes.Integers
                : type is ElementType.Bool ? ElementTypes.Bool : ElementTypes.StorageOnly;
            Require((allowed & kind) != 0, index, $"a tensor of {allowed.ToString().ToLowerInvariant()}");
        }
    }
}
