using System.Globalization;
using System.Text;

namespace TensorLogic.CoreML.Specification.MilText;

/// <summary>Writes an ML Program as the text of a compiled one. Values in weights files stay there and are named.</summary>
/// <remarks>The grammar is in the folder's README.</remarks>
internal sealed class MilTextWriter
{
    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private int _indent;

    private MilTextWriter()
    {
    }

    /// <summary>The program's text.</summary>
    /// <exception cref="UnsupportedOperatorException">A constant is of a type that the text cannot hold.</exception>
    public static string Write(MilProgram program)
    {
        MilTextWriter writer = new();
        writer.Line("program(1.0)");
        writer.Line("{");
        writer._indent++;
        foreach (MilFunction function in program.Functions.Values) writer.Function(function);
        writer._indent--;
        writer.Line("}");
        return writer._text.ToString();
    }

    private void Function(MilFunction function)
    {
        _names.Clear();
        _taken.Clear();
        string range = function.Attributes.Count == 0 ? "" : $" {Attributes(function.Attributes)}";
        Line($"func {Name(function.Name)}<{Opset(function.Opset)}>({Parameters(function.Inputs)}){range} {{");
        Statements(function.Block);
        Line($"}} -> ({string.Join(", ", function.Block.Outputs.Select(Name))});");
    }

    private void Statements(MilBlock block)
    {
        _indent++;
        foreach (MilOperation operation in block.Operations) Statement(operation);
        _indent--;
    }

    private void Statement(MilOperation operation)
    {
        string inputs = string.Join(", ", operation.Inputs.Select(input => $"{input.Key} = {Argument(input.Value)}"));
        string results = operation.Outputs.Count == 0 ? "" : $"{string.Join(", ", operation.Outputs.Select(output => $"{Type(output.Type)} {Name(output.Name)}"))} = ";
        string attributes = operation.Attributes.Count == 0 ? "" : Attributes(operation.Attributes);
        if (operation.Blocks.Count == 0)
        {
            Line($"{results}{operation.Type}({inputs}){attributes};");
            return;
        }
        Line($"{results}{operation.Type}({inputs}){attributes}");
        _indent++;
        for (int i = 0; i < operation.Blocks.Count; i++)
        {
            MilBlock block = operation.Blocks[i];
            Line($"({Parameters(block.Inputs)}) {{");
            Statements(block);
            Line($"}} -> ({string.Join(", ", block.Outputs.Select(Name))}){(i == operation.Blocks.Count - 1 ? ";" : "")}");
        }
        _indent--;
    }

    private string Argument(IReadOnlyList<MilBinding> bindings) => bindings is [var only] ? Binding(only) : $"({string.Join(", ", bindings.Select(Binding))})";

    private string Binding(MilBinding binding) => binding.Value is { } value ? Value(value) : Name(binding.Name!);

    private string Parameters(IReadOnlyList<MilNamedType> parameters) => string.Join(", ", parameters.Select(parameter => $"{Type(parameter.Type)} {Name(parameter.Name)}"));

    private static string Attributes(IReadOnlyDictionary<string, MilValue> attributes) => $"[{string.Join(", ", attributes.Select(attribute => $"{attribute.Key} = {Value(attribute.Value)}"))}]";

    private static string Value(MilValue value) => value is MilBlobValue blob
        ? string.Create(CultureInfo.InvariantCulture, $"{Type(blob.Type)}(BLOBFILE(path = tensor<string, []>({Quoted(blob.File)}), offset = tensor<uint64, []>({blob.Record})))")
        : $"{Type(value.Type)}({Literal(value)})";

    private static string Literal(MilValue value) => value switch
    {
        MilStringsValue strings => Nested(strings.Type, [.. strings.Strings.Select(Quoted)]),
        MilTensorValue tensor => Nested(tensor.Type, Numbers(tensor)),
        MilListValue { Type: MilTupleType } tuple => $"({string.Join(", ", tuple.Items.Select(Literal))})",
        MilListValue list => $"[{string.Join(", ", list.Items.Select(Literal))}]",
        MilDictionaryValue dictionary => $"{{{string.Join(", ", dictionary.Entries.Select(entry => $"{{{Literal(entry.Key)}, {Literal(entry.Value)}}}"))}}}",
        _ => throw new UnsupportedOperatorException("const", $"a value of the type {value.Type} has no text"),
    };

    /// <summary>Elements in brackets, one pair for each axis.</summary>
    private static string Nested(MilTensorType type, string[] elements)
    {
        if (type.Dimensions.Length == 0) return elements[0];
        StringBuilder text = new();
        int at = 0;
        Write(0);
        return text.ToString();

        void Write(int axis)
        {
            text.Append('[');
            int size = type.Dimensions[axis].Size ?? elements.Length;
            for (int i = 0; i < size; i++)
            {
                if (i > 0) text.Append(", ");
                if (axis < type.Dimensions.Length - 1) Write(axis + 1);
                else text.Append(elements[at++]);
            }
            text.Append(']');
        }
    }

    private static string[] Numbers(MilTensorValue value)
    {
        using Tensor tensor = value.Read();
        ElementType type = tensor.ElementType;
        if (type.IsFloat) return [.. TensorConversion.ReadDoubles(tensor).Select(MilNumber.Hexadecimal)];
        if (!type.IsInteger && !type.IsPacked && type != ElementType.Bool) throw new UnsupportedOperatorException("const", $"numbers of {type.Name} have no text");
        using Tensor codes = type.IsPacked ? tensor.To(ElementType.Int32) : tensor.Contiguous();
        long[] numbers = TensorConversion.ReadLongs(codes);
        if (type == ElementType.Bool) return [.. numbers.Select(number => number != 0 ? "true" : "false")];
        return [.. numbers.Select(number => type == ElementType.UInt64 ? ((ulong)number).ToString(CultureInfo.InvariantCulture) : number.ToString(CultureInfo.InvariantCulture))];
    }

    private static string Type(MilType type) => type switch
    {
        MilTensorType { HasRank: false } tensor => $"tensor<{Element(tensor.ElementType)}, ?>",
        MilTensorType tensor => $"tensor<{Element(tensor.ElementType)}, [{string.Join(", ", tensor.Dimensions.Select(Size))}]>",
        MilListType list => $"list<{Type(list.Element)}, {Size(list.Length)}>",
        MilTupleType tuple => $"tuple<{string.Join(", ", tuple.Elements.Select(Type))}>",
        MilDictionaryType dictionary => $"dict<{Type(dictionary.Key)}, {Type(dictionary.Value)}>",
        MilStateType state => $"state<{Type(state.Wrapped)}>",
        _ => throw new ArgumentException($"The type {type} has no text.", nameof(type)),
    };

    private static string Size(Dimension size) => size.Size is int known ? known.ToString(CultureInfo.InvariantCulture) : "?";

    private static string Element(ElementType? type) => type switch
    {
        null => "string",
        ElementType.Bool => "bool",
        ElementType.Float16 => "fp16",
        ElementType.Float32 => "fp32",
        ElementType.Float64 => "fp64",
        ElementType.BFloat16 => "bf16",
        ElementType.Float8E4M3 => "fp8e4m3fn",
        ElementType.Float8E5M2 => "fp8e5m2",
        var integer => integer.ToString()!.ToLowerInvariant(),
    };

    // As compilers write it.
    private static string Opset(string opset) => opset switch
    {
        "CoreML5" => "ios15",
        "CoreML6" => "ios16",
        "CoreML7" => "ios17",
        "CoreML8" => "ios18",
        _ => opset,
    };

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)}\"";

    /// <summary>A name that the grammar allows: itself, or one like it that nothing else has.</summary>
    private string Name(string name)
    {
        if (_names.TryGetValue(name, out string? known)) return known;
        string legal = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '@' ? c : '_'));
        if (legal.Length == 0 || char.IsAsciiDigit(legal[0])) legal = "_" + legal;
        string unique = legal;
        for (int i = 1; !_taken.Add(unique); i++) unique = string.Create(CultureInfo.InvariantCulture, $"{legal}_{i}");
        return _names[name] = unique;
    }

    private void Line(string text) => _text.Append(' ', 4 * _indent).Append(text).Append('\n');
}
