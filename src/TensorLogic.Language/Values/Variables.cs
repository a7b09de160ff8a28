namespace TensorLogic.Language.Values;

/// <summary>A variable of a script or module, or of the host.</summary>
internal sealed class Cell(string name)
{
    public string Name => name;

    public Value Value = Value.Unset;

    /// <summary>What later assignments are converted to; null without a declaration.</summary>
    public DeclaredType? Type;
}

/// <summary>A local variable that functions have captured.</summary>
internal sealed class Box
{
    public Value Value = Value.Unset;
}
