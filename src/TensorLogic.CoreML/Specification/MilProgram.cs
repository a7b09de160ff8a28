namespace TensorLogic.CoreML.Specification;

/// <summary>An ML Program: functions over one set of weights.</summary>
internal sealed record MilProgram(IReadOnlyDictionary<string, MilFunction> Functions, IReadOnlyDictionary<string, MilValue> Attributes);

/// <summary>A function, with the block of its opset.</summary>
/// <param name="Name">Name in the program.</param>
/// <param name="Opset">Version of the operations' meaning, such as <c>CoreML6</c>; in compiled programs <c>ios16</c>.</param>
/// <param name="Inputs">Inputs and states, in no fixed order.</param>
/// <param name="Block">The block that is written in <paramref name="Opset"/>.</param>
/// <param name="Attributes">Further facts, such as the input ranges of a compiled program.</param>
internal sealed record MilFunction(
    string Name,
    string Opset,
    IReadOnlyList<MilNamedType> Inputs,
    MilBlock Block,
    IReadOnlyDictionary<string, MilValue> Attributes);

/// <summary>Operations in an order in which each can run.</summary>
/// <param name="Inputs">Block-local names, as in loops.</param>
/// <param name="Outputs">Names of values of this block or of one around it.</param>
/// <param name="Operations">In order.</param>
/// <param name="Attributes">Further facts.</param>
internal sealed record MilBlock(
    IReadOnlyList<MilNamedType> Inputs,
    IReadOnlyList<string> Outputs,
    IReadOnlyList<MilOperation> Operations,
    IReadOnlyDictionary<string, MilValue> Attributes);

/// <summary>One operation.</summary>
internal sealed record MilOperation
{
    /// <summary>Such as <c>conv</c> or <c>const</c>.</summary>
    public required string Type { get; init; }

    /// <summary>By parameter; a parameter such as <c>values</c> of <c>concat</c> has several bindings.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<MilBinding>> Inputs { get; init; }

    /// <summary>At least one for every operation but those without results.</summary>
    public required IReadOnlyList<MilNamedType> Outputs { get; init; }

    /// <summary>The branches of <c>cond</c>, the condition and body of <c>while_loop</c>.</summary>
    public IReadOnlyList<MilBlock> Blocks { get; init; } = [];

    /// <summary><c>name</c>, and the value <c>val</c> of a <c>const</c>. Files of iOS 15 to 17 keep the parameters of <c>constexpr_*</c>
    /// operations here; the readers move them to <see cref="Inputs"/>, where newer files have them.</summary>
    public IReadOnlyDictionary<string, MilValue> Attributes { get; init; } = new Dictionary<string, MilValue>();

    /// <summary>Path of the file, for errors.</summary>
    public required string File { get; init; }

    /// <summary>Place in the file, for errors: <c>main, operation 4</c> or <c>line 12</c>.</summary>
    public required string Location { get; init; }

    /// <summary>An operation as a reader found it.</summary>
    public static MilOperation Create(
        string type,
        Dictionary<string, IReadOnlyList<MilBinding>> inputs,
        IReadOnlyList<MilNamedType> outputs,
        IReadOnlyList<MilBlock> blocks,
        Dictionary<string, MilValue> attributes,
        string file,
        string location)
    {
        if (type.StartsWith("constexpr_", StringComparison.Ordinal))
            foreach ((string key, MilValue value) in attributes)
                if (key != "name" && inputs.TryAdd(key, [new(value)]))
                    attributes.Remove(key);
        return new() { Type = type, Inputs = inputs, Outputs = outputs, Blocks = blocks, Attributes = attributes, File = file, Location = location };
    }

    /// <summary>Name of the first output.</summary>
    public string Name => Outputs is [MilNamedType first, ..] ? first.Name : "";

    /// <summary>The only binding of a parameter, or null if it is left out.</summary>
    public MilBinding? Input(string parameter) => Inputs.TryGetValue(parameter, out IReadOnlyList<MilBinding>? bindings) && bindings is [MilBinding only] ? only : null;

    /// <summary>A <see cref="ModelFormatException"/> at this operation.</summary>
    public ModelFormatException Broken(string problem) => new(File, problem, field: $"{Location}: {Type} '{Name}'");
}

/// <summary>What a parameter is bound to: the name of a value, or a constant.</summary>
internal readonly record struct MilBinding
{
    public MilBinding(string name) => Name = name;

    public MilBinding(MilValue value) => Value = value;

    /// <summary>Name of a value in scope, or null.</summary>
    public string? Name { get; }

    /// <summary>The constant, or null.</summary>
    public MilValue? Value { get; }
}
