using TensorLogic.Graphs;

namespace TensorLogic.CoreML.Lowering.NeuralNetwork;

/// <summary>What flows between layers: a value, and the rank that the format gives it.</summary>
/// <param name="Value">The value; a float.</param>
/// <param name="Rank">At least the value's own rank. Leading axes that the value lacks have size 1: a blob [1, 1, C, H, W] is a value [1, C, H, W],
/// which convolutions take as it is.</param>
internal sealed record Blob(Value Value, int Rank)
{
    public Blob(Value value) : this(value, value.TensorType.Rank)
    {
    }

    /// <summary>True for a single number without axes, which is held as a vector of one.</summary>
    public bool IsNumber { get; init; }

    /// <summary>Sizes of the value.</summary>
    public IReadOnlyList<Dimension> Sizes => Value.TensorType.Dimensions;
}
