namespace TensorLogic.Language.Diagnostics;

/// <summary>The static errors of a source, in the order of the places.</summary>
internal sealed class DiagnosticBag
{
    private const int Most = 20;

    private readonly List<ScriptFault> _faults = [];

    public int Count => _faults.Count;

    /// <summary>True once no further error would be told.</summary>
    public bool IsFull => _faults.Count >= Most;

    public void Add(ScriptFault fault)
    {
        if (!IsFull) _faults.Add(fault);
    }

    public IReadOnlyList<ScriptFault> Sorted() => [.. _faults.OrderBy(fault => fault.Order)];

    /// <summary>Throws them if there are any.</summary>
    /// <exception cref="ScriptException">All errors, those of imported files in the place of the import.</exception>
    public void ThrowIfAny()
    {
        if (_faults.Count > 0) throw new ScriptException([.. Sorted().Select(fault => fault.ToDiagnostic())], _faults[0]);
    }
}
