namespace TensorLogic;

/// <summary>What leaves the library on bad input, a missing device or a stated limit. Argument mistakes are the usual argument exceptions.</summary>
/// <remarks>The message names the thing, what was expected, what was found, the place, and what to do, one fact per line.</remarks>
public abstract class TensorLogicException : Exception
{
    private protected TensorLogicException(Exception? cause = null) : base(null, cause)
    {
    }

    /// <summary>Where the error arose: file, path inside it, operator, value.</summary>
    public string? Place { get; init; }

    /// <summary>What to do about it.</summary>
    public string? Remedy { get; init; }

    /// <summary>What is wrong, in one sentence.</summary>
    protected abstract string Summary { get; }

    /// <summary>The summary, then the place, then the remedy.</summary>
    public override string Message => Summary + Line("at ", Place) + Line("try", Remedy);

    private static string Line(string word, string? text) => string.IsNullOrEmpty(text) ? "" : $"\n  {word} {text}";
}

/// <summary>A file that is broken or is not what it claims to be.</summary>
public sealed class ModelFormatException : TensorLogicException
{
    /// <summary>Says what is wrong with a file.</summary>
    /// <param name="file">Path of the file.</param>
    /// <param name="problem">What was expected and what was found.</param>
    /// <param name="offset">Byte offset in the file, where known.</param>
    /// <param name="field">Field or path inside the file, where known.</param>
    /// <param name="cause">The lower-level error, if any.</param>
    public ModelFormatException(string file, string problem, long? offset = null, string? field = null, Exception? cause = null) : base(cause)
    {
        File = file;
        Problem = problem;
        Offset = offset;
        Field = field;
        Place = file + (field is null ? "" : $" > {field}") + (offset is null ? "" : $", byte {offset}");
    }

    /// <summary>Path of the file.</summary>
    public string File { get; }

    /// <summary>What was expected and what was found.</summary>
    public string Problem { get; }

    /// <summary>Byte offset in the file.</summary>
    public long? Offset { get; }

    /// <summary>Field or path inside the file.</summary>
    public string? Field { get; }

    /// <inheritdoc/>
    protected override string Summary => Problem;
}

/// <summary>A file asks for more than a stated limit allows; see <see cref="LoadLimits"/>.</summary>
public sealed class ModelLimitException : TensorLogicException
{
    /// <summary>Says which limit was exceeded.</summary>
    /// <param name="file">Path of the file.</param>
    /// <param name="what">What is counted, such as <c>nesting depth</c> or <c>tensor name bytes</c>.</param>
    /// <param name="found">How much the file asks for.</param>
    /// <param name="limit">How much is allowed.</param>
    public ModelLimitException(string file, string what, Int128 found, Int128 limit)
    {
        File = file;
        What = what;
        Found = found;
        Limit = limit;
        Place = file;
    }

    /// <summary>Path of the file.</summary>
    public string File { get; }

    /// <summary>What is counted.</summary>
    public string What { get; }

    /// <summary>How much the file asks for.</summary>
    public Int128 Found { get; }

    /// <summary>How much is allowed.</summary>
    public Int128 Limit { get; }

    /// <inheritdoc/>
    protected override string Summary => $"{What}: {Found} exceeds the limit of {Limit}.";
}

/// <summary>An operator, layer or model kind that does not run here.</summary>
public sealed class UnsupportedOperatorException : TensorLogicException
{
    /// <summary>Names the operator.</summary>
    /// <param name="operator">Name as the file spells it.</param>
    /// <param name="reason">Why it does not run, as the end of the sentence "… is not supported".</param>
    public UnsupportedOperatorException(string @operator, string? reason = null)
    {
        Operator = @operator;
        Reason = reason;
    }

    /// <summary>Name of the operator as the file spells it.</summary>
    public string Operator { get; }

    /// <summary>Why it does not run.</summary>
    public string? Reason { get; }

    /// <inheritdoc/>
    protected override string Summary => $"Operation '{Operator}' is not supported{(Reason is null ? "" : $": {Reason}")}.";
}

/// <summary>A tensor whose element type or shape does not fit.</summary>
public sealed class ShapeException : TensorLogicException
{
    /// <summary>Operator name, or <c>predict</c> for a model's input.</summary>
    public required string Operator { get; init; }

    /// <summary>Name of the node or model.</summary>
    public required string Node { get; init; }

    /// <summary>Name of the input.</summary>
    public required string Input { get; init; }

    /// <summary>What was given, such as <c>f16[8, 3, 3, 3]</c>.</summary>
    public required string Actual { get; init; }

    /// <summary>What was expected.</summary>
    public required string Expected { get; init; }

    /// <inheritdoc/>
    protected override string Summary =>
        $"{Operator}{(Node.Length == 0 ? "" : $" '{Node}'")}: input '{Input}' is {Actual}, expected {Expected}.";
}

/// <summary>A device that is absent, or an error that a device reported.</summary>
public sealed class DeviceException : TensorLogicException
{
    /// <summary>Says what the device refused.</summary>
    public DeviceException(Device device, string problem)
    {
        Device = device;
        Problem = problem;
    }

    /// <summary>The device that was asked for.</summary>
    public Device Device { get; }

    /// <summary>What is wrong.</summary>
    public string Problem { get; }

    /// <summary>Native error domain, such as <c>com.apple.CoreML</c>; null where the error is ours.</summary>
    public string? Domain { get; init; }

    /// <summary>Native error code in <see cref="Domain"/>.</summary>
    public long? Code { get; init; }

    /// <inheritdoc/>
    protected override string Summary => Problem + (Domain is null ? "" : $" ({Domain} {Code})");
}

/// <summary>A model feature that is missing, unknown or of the wrong kind.</summary>
public sealed class FeatureException : TensorLogicException
{
    /// <summary>Says what is wrong with a feature.</summary>
    public FeatureException(string feature, string problem)
    {
        Feature = feature;
        Problem = problem;
    }

    /// <summary>Name of the feature.</summary>
    public string Feature { get; }

    /// <summary>What is wrong.</summary>
    public string Problem { get; }

    /// <inheritdoc/>
    protected override string Summary => Problem;
}
