using System.Collections;
using System.Diagnostics.CodeAnalysis;
using TensorLogic.Language.Binding;

namespace TensorLogic.Language;

/// <summary>A checked script. Immutable and thread-safe; may run in many engines.</summary>
public sealed class Script
{
    internal Script(ScriptCode code) => Code = code;

    /// <summary>File name without directory.</summary>
    public string Name => Code.Source.Name;

    /// <summary>The source.</summary>
    public string Source => Code.Source.Text;

    internal ScriptCode Code { get; }
}

/// <summary>How a run ended.</summary>
public sealed class RunResult
{
    /// <summary>True without an error.</summary>
    public bool Success => Diagnostic is null;

    /// <summary>The error that ended the run, or null.</summary>
    public Diagnostic? Diagnostic { get; internal init; }

    /// <summary>All lines printed, each ended by a line feed.</summary>
    public required string Output { get; init; }

    /// <summary>Steps, as <see cref="EngineOptions.StepLimit"/> counts them.</summary>
    public long Steps { get; internal init; }

    /// <summary>Wall clock.</summary>
    public TimeSpan Elapsed { get; internal init; }

    /// <summary>The value of the script's last statement, if that is an expression; else none.</summary>
    public Value Value { get; internal init; }
}

/// <summary>How the tests of a script ended.</summary>
public sealed class TestResult
{
    internal TestResult(int passed, IReadOnlyList<Diagnostic> failures, string output) => (Passed, Failures, Output) = (passed, failures, output);

    /// <summary>True if nothing failed.</summary>
    public bool Success => Failures.Count == 0;

    /// <summary>Tests without an error.</summary>
    public int Passed { get; }

    /// <summary>The error of each failed test, and one that ended the run before or between the tests.</summary>
    public IReadOnlyList<Diagnostic> Failures { get; }

    /// <summary>All lines printed: the script's, one for each test, and the totals.</summary>
    public string Output { get; }
}

/// <summary>An answer of a query: a value for each variable.</summary>
public sealed class Row : IReadOnlyDictionary<string, Value>
{
    private readonly string[] _names;
    private readonly Value[] _values;

    internal Row(string[] names, Value[] values) => (_names, _values) = (names, values);

    /// <summary>The value of a variable.</summary>
    /// <exception cref="KeyNotFoundException">The query has no such variable.</exception>
    public Value this[string key] => TryGetValue(key, out Value value) ? value : throw new KeyNotFoundException($"The query has no variable '{key}'.");

    /// <inheritdoc/>
    public int Count => _names.Length;

    /// <summary>The variables in the order in which the query names them.</summary>
    public IEnumerable<string> Keys => _names;

    /// <summary>Their values.</summary>
    public IEnumerable<Value> Values => _values;

    /// <inheritdoc/>
    public bool ContainsKey(string key) => Array.IndexOf(_names, key) >= 0;

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Value value)
    {
        int at = Array.IndexOf(_names, key);
        value = at >= 0 ? _values[at] : Value.None;
        return at >= 0;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Value>> GetEnumerator() => _names.Zip(_values, KeyValuePair.Create).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A printed line.</summary>
/// <param name="text">Without line feed.</param>
public sealed class OutputEventArgs(string text) : EventArgs
{
    /// <summary>The line without line feed.</summary>
    public string Text { get; } = text;
}

/// <summary>How far a run is.</summary>
/// <param name="steps">Steps so far.</param>
/// <param name="elapsed">Time so far.</param>
public sealed class StepEventArgs(long steps, TimeSpan elapsed) : EventArgs
{
    /// <summary>Steps so far.</summary>
    public long Steps { get; } = steps;

    /// <summary>Time so far.</summary>
    public TimeSpan Elapsed { get; } = elapsed;
}
