using System.Globalization;
using TensorLogic.CoreML.Packages;
using TensorLogic.CoreML.Protobuf;
using static TensorLogic.CoreML.Protobuf.WireType;

namespace TensorLogic.CoreML.Specification;

/// <summary>Reads the <c>Program</c> message.</summary>
internal static class MilReader
{
    // What the records of one operation or block take, without their text.
    private const int RecordBytes = 400;
    private const int BindingBytes = 120;

    private static readonly Dictionary<string, MilValue> NoValues = [];

    /// <summary>Reads a program, adding to what an earlier part of the message held.</summary>
    public static MilProgram Read(ProtobufReader reader, CoreMLPackage package, MilProgram? earlier)
    {
        var functions = new OrderedDictionary<string, MilFunction>(StringComparer.Ordinal);
        var attributes = new Dictionary<string, MilValue>(earlier?.Attributes ?? NoValues, StringComparer.Ordinal);
        foreach ((string name, MilFunction function) in earlier?.Functions ?? functions) functions[name] = function;
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (2, Bytes):
                    CheckCount(functions.Count, "functions", reader);
                    MilFunction function = FunctionEntry(reader.Message("functions", functions.Count), package);
                    functions[function.Name] = function;
                    break;
                case (4, Bytes):
                    AddValue(attributes, reader.Message("attributes", attributes.Count), package);
                    break;
            }
        return new(functions, attributes);
    }

    private static MilFunction FunctionEntry(ProtobufReader reader, CoreMLPackage package)
    {
        string name = "";
        ProtobufReader outer = reader;
        while (reader.Next())
            if ((reader.Field, reader.Wire) == (1, Bytes))
                name = reader.Name("key");
        reader = outer;
        MilFunction? function = null;
        while (reader.Next())
            if ((reader.Field, reader.Wire) == (2, Bytes))
                function = Function(reader.Message("value"), name, package);
        return function ?? throw reader.Broken($"Expected the function '{name}', found a name only.", "value");
    }

    private static MilFunction Function(ProtobufReader reader, string name, CoreMLPackage package)
    {
        string opset = "";
        List<MilNamedType> inputs = [];
        var attributes = new Dictionary<string, MilValue>(StringComparer.Ordinal);
        ProtobufReader outer = reader;
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes):
                    CheckCount(inputs.Count, "inputs", reader);
                    inputs.Add(Named(reader.Message("inputs", inputs.Count)));
                    break;
                case (2, Bytes): opset = reader.Name("opset"); break;
                case (4, Bytes): AddValue(attributes, reader.Message("attributes", attributes.Count), package); break;
            }
        // The blocks may stand before the opset that chooses among them.
        reader = outer;
        MilBlock? block = null;
        List<string> opsets = [];
        while (reader.Next())
        {
            if ((reader.Field, reader.Wire) != (3, Bytes)) continue;
            ProtobufReader entry = reader.Message("block_specializations", opsets.Count);
            CheckCount(opsets.Count, "block_specializations", reader);
            opsets.Add(Key(entry));
            if (opsets[^1] != opset) continue;
            while (entry.Next())
                if ((entry.Field, entry.Wire) == (2, Bytes))
                    block = Block(entry.Message("value"), name, package);
        }
        if (block is null) throw reader.Broken($"Expected a block for the opset '{opset}', found blocks for {(opsets.Count == 0 ? "none" : string.Join(", ", opsets))}.", "block_specializations");
        return new(name, opset, inputs, block, attributes);
    }

    private static string Key(ProtobufReader entry)
    {
        string key = "";
        while (entry.Next())
            if ((entry.Field, entry.Wire) == (1, Bytes))
                key = entry.Name("key");
        return key;
    }

    private static MilBlock Block(ProtobufReader reader, string function, CoreMLPackage package)
    {
        reader.Source.Charge(RecordBytes, "blocks");
        List<MilNamedType> inputs = [];
        List<string> outputs = [];
        List<MilOperation> operations = [];
        Dictionary<string, MilValue>? attributes = null;
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes):
                    CheckCount(inputs.Count, "inputs", reader);
                    inputs.Add(Named(reader.Message("inputs", inputs.Count)));
                    break;
                case (2, Bytes):
                    CheckCount(outputs.Count, "outputs", reader);
                    reader.Source.Charge(IntPtr.Size, "blocks");
                    outputs.Add(reader.Name("outputs"));
                    break;
                case (3, Bytes):
                    CheckCount(operations.Count, "operations", reader);
                    operations.Add(Operation(reader.Message("operations", operations.Count), function, operations.Count, package));
                    break;
                case (4, Bytes):
                    attributes ??= new(StringComparer.Ordinal);
                    AddValue(attributes, reader.Message("attributes", attributes.Count), package);
                    break;
            }
        return new(inputs, outputs, operations, attributes ?? NoValues);
    }

    private static MilOperation Operation(ProtobufReader reader, string function, int index, CoreMLPackage package)
    {
        reader.Source.Charge(RecordBytes, "operations");
        string type = "";
        var inputs = new Dictionary<string, IReadOnlyList<MilBinding>>(StringComparer.Ordinal);
        List<MilNamedType> outputs = [];
        List<MilBlock>? blocks = null;
        Dictionary<string, MilValue>? attributes = null;
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes): type = reader.Name("type"); break;
                case (2, Bytes): AddArgument(inputs, reader.Message("inputs", inputs.Count), package); break;
                case (3, Bytes):
                    CheckCount(outputs.Count, "outputs", reader);
                    outputs.Add(Named(reader.Message("outputs", outputs.Count)));
                    break;
                case (4, Bytes):
                    blocks ??= [];
                    CheckCount(blocks.Count, "blocks", reader);
                    blocks.Add(Block(reader.Message("blocks", blocks.Count), function, package));
                    break;
                case (5, Bytes):
                    attributes ??= new(StringComparer.Ordinal);
                    AddValue(attributes, reader.Message("attributes", attributes.Count), package);
                    break;
            }
        if (type.Length == 0) throw reader.Broken("Expected the type of an operation, found none.", "type");
        return MilOperation.Create(type, inputs, outputs, blocks ?? [], attributes ?? NoValues, reader.Source.File, string.Create(CultureInfo.InvariantCulture, $"{function}, operation {index}"));
    }

    private static void AddArgument(Dictionary<string, IReadOnlyList<MilBinding>> inputs, ProtobufReader reader, CoreMLPackage package)
    {
        string parameter = "";
        List<MilBinding> bindings = [];
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes): parameter = reader.Name("key"); break;
                case (2, Bytes):
                    ProtobufReader argument = reader.Message("value");
                    while (argument.Next())
                    {
                        if ((argument.Field, argument.Wire) != (1, Bytes)) continue;
                        CheckCount(bindings.Count, "arguments", argument);
                        bindings.Add(Binding(argument.Message("arguments", bindings.Count), package));
                    }
                    break;
            }
        reader.Source.Charge(BindingBytes, "inputs");
        CheckCount(inputs.Count, "inputs", reader);
        if (!inputs.TryAdd(parameter, bindings)) throw reader.Broken($"Expected the input '{parameter}' once, found it twice.", "key");
    }

    private static MilBinding Binding(ProtobufReader reader, CoreMLPackage package)
    {
        reader.Source.Charge(16, "inputs");
        MilBinding? binding = null;
        while (reader.Next())
            binding = (reader.Field, reader.Wire) switch
            {
                (1, Bytes) => new(reader.Name("name")),
                (2, Bytes) => new(MilValueReader.Read(reader.Message("value"), package)),
                _ => binding,
            };
        return binding ?? throw reader.Broken("Expected a name or a value, found neither.");
    }

    private static MilNamedType Named(ProtobufReader reader)
    {
        string name = "";
        MilType? type = null;
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes): name = reader.Name("name"); break;
                case (2, Bytes): type = MilTypeReader.Read(reader.Message("type")); break;
            }
        if (name.Length == 0) throw reader.Broken("Expected a name, found none.", "name");
        return new(name, type ?? throw reader.Broken($"Expected the type of '{name}', found none.", "type"));
    }

    private static void AddValue(Dictionary<string, MilValue> values, ProtobufReader reader, CoreMLPackage package)
    {
        string key = "";
        MilValue? value = null;
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes): key = reader.Name("key"); break;
                case (2, Bytes): value = MilValueReader.Read(reader.Message("value"), package); break;
            }
        reader.Source.Charge(BindingBytes, "attributes");
        CheckCount(values.Count, "attributes", reader);
        values[key] = value ?? throw reader.Broken($"Expected the value of the attribute '{key}', found none.", "value");
    }

    private static void CheckCount(int count, string what, ProtobufReader reader)
    {
        if (count >= reader.Source.Limits.Count)
            throw new ModelLimitException(reader.Source.File, $"Number of {reader.Source.Path(reader.Depth, what)}", (Int128)count + 1, reader.Source.Limits.Count);
    }
}
