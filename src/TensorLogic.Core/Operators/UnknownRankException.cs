namespace TensorLogic.Operators;

/// <summary>How many axes a result has depends on the length of a vector that a caller gives.</summary>
internal sealed class UnknownRankException(string @operator, string node, string input) : TensorLogicException
{
    protected override string Summary => $"{@operator} '{node}': the length of its input '{input}', and so the number of axes of the result, is not known before the run.";
}
