namespace TensorLogic.Operators;

/// <summary>What flows along an edge of a graph.</summary>
public abstract record ValueType;

/// <summary>A tensor.</summary>
public sealed record TensorValueType(TensorType Tensor) : ValueType
{
    /// <inheritdoc/>
    public override string ToString() => Tensor.ToString();
}

/// <summary>A list of tensors of one type; element sizes and length may be unknown.</summary>
public sealed record ListValueType(TensorType Element, Dimension Length) : ValueType
{
    /// <inheritdoc/>
    public override string ToString() => $"list<{Element}, {Length}>";
}

/// <summary>A tensor that survives a run.</summary>
public sealed record StateValueType(TensorType Tensor) : ValueType
{
    /// <inheritdoc/>
    public override string ToString() => $"state<{Tensor}>";
}
