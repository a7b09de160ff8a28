
namespace TensorLogic.Graphs;

/// <summary>When 16-bit floats are rounded.</summary>
public enum Rounding
{
    /// <summary>Outputs, states and casts round to their type; values between are kept in 32 bits.</summary>
    AtStores,
    /// <summary>Every value rounds to its type.</summary>
    EveryValue,
}

/// <summary>How a graph is compiled.</summary>
public sealed record CompileOptions
{
    /// <summary>When 16-bit floats are rounded.</summary>
    public Rounding Rounding { get; init; } = Rounding.AtStores;

    /// <summary>Plans kept, one for each set of input shapes, least recently used first to go.</summary>
    public int PlanCacheSize { get; init; } = 8;
}
