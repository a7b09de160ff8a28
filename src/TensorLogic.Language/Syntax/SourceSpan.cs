namespace TensorLogic.Language.Syntax;

/// <summary>A stretch of a source, in UTF-16 units.</summary>
/// <param name="Start">Offset of the first unit.</param>
/// <param name="Length">Number of units.</param>
internal readonly record struct SourceSpan(int Start, int Length)
{
    /// <summary>Offset behind the last unit.</summary>
    public int End => Start + Length;
}
