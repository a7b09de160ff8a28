using System.Numerics;

namespace TensorLogic.CoreML.Specification;

/// <summary>A weight of an ML Program: a constant, or what operations on constants decompress.</summary>
/// <param name="Name">Name of the value.</param>
/// <param name="Storage">How it is stored.</param>
/// <param name="Type">Type of the value.</param>
/// <param name="ByteCount">Stored size, with tables, scales and masks.</param>
/// <param name="Operations">The constants and decompressions that make it, in order; the last one gives it.</param>
internal sealed record MilWeight(string Name, Quantization Storage, MilTensorType Type, long ByteCount, IReadOnlyList<MilOperation> Operations);

/// <summary>Finds the weights among the constants of a program.</summary>
internal static class MilWeights
{
    // Converters write shorter constants into the program's text and longer ones into the weights file; in a file without one this tells
    // weights from settings such as an epsilon.
    private const int LeastElements = 10;

    // A table, its scales, a mask and their constants: about ten operations make one weight.
    private const int MostOperations = 64;

    /// <summary>The weights of all functions, one for each name; of functions that share a weight, one.</summary>
    public static IReadOnlyList<MilWeight> Find(MilProgram program)
    {
        var found = new OrderedDictionary<string, MilWeight>(StringComparer.Ordinal);
        foreach (MilFunction function in program.Functions.Values) Find(function.Block, function.Name, found);
        return [.. found.Values];
    }

    private static void Find(MilBlock block, string function, OrderedDictionary<string, MilWeight> found)
    {
        var constants = new Dictionary<string, MilOperation>(StringComparer.Ordinal);
        var decompressed = new HashSet<string>(StringComparer.Ordinal);
        foreach (MilOperation operation in block.Operations)
        {
            foreach (MilBlock inner in operation.Blocks) Find(inner, function, found);
            bool isCompressed = operation.Type.StartsWith("constexpr_", StringComparison.Ordinal);
            if (operation.Type != "const" && !isCompressed) continue;
            foreach (MilNamedType output in operation.Outputs) constants[output.Name] = operation;
            if (!isCompressed) continue;
            foreach (IReadOnlyList<MilBinding> bindings in operation.Inputs.Values)
                foreach (MilBinding binding in bindings)
                    if (binding.Name is string name)
                        decompressed.Add(name);
        }
        foreach (MilOperation operation in block.Operations)
        {
            if (!constants.ContainsKey(operation.Name)) continue;
            foreach (MilNamedType output in operation.Outputs)
                if (!decompressed.Contains(output.Name) && Weight(operation, output, constants) is MilWeight weight)
                    Add(weight, function, found);
        }
    }

    private static void Add(MilWeight weight, string function, OrderedDictionary<string, MilWeight> found)
    {
        if (!found.TryGetValue(weight.Name, out MilWeight? known)) found.Add(weight.Name, weight);
        else if (!IsShared(known, weight)) found.TryAdd($"{function}.{weight.Name}", weight with { Name = $"{function}.{weight.Name}" });
    }

    private static bool IsShared(MilWeight first, MilWeight second) =>
        first.Type == second.Type && first.ByteCount == second.ByteCount
        && Values(first).Zip(Values(second)).All(pair => pair.First is MilBlobValue x && pair.Second is MilBlobValue y ? x.IsSame(y) : pair.First.GetType() == pair.Second.GetType());

    private static IEnumerable<MilTensorValue> Values(MilWeight weight) => weight.Operations.SelectMany(operation =>
        operation.Attributes.Values.Concat(operation.Inputs.Values.SelectMany(bindings => bindings).Select(binding => binding.Value)).OfType<MilTensorValue>());

    private static MilWeight? Weight(MilOperation operation, MilNamedType output, Dictionary<string, MilOperation> constants)
    {
        if (output.Type is not MilTensorType { IsString: false } type) return null;
        if (operation.Type == "const")
            return operation.Attributes.GetValueOrDefault("val") is MilTensorValue value && IsWeight(value)
                ? new(output.Name, Quantization.Of(value.Type.Tensor.ElementType), value.Type, Bytes(value), [operation])
                : null;

        List<MilOperation> operations = [];
        Gather(operation, constants, operations);
        long bytes = operations.SelectMany(part => part.Inputs.Values.SelectMany(bindings => bindings).Select(binding => binding.Value)
            .Append(part.Type == "const" ? part.Attributes.GetValueOrDefault("val") : null)).OfType<MilTensorValue>().Sum(Bytes);
        return new(output.Name, Storage(operations, constants), type, bytes, operations);
    }

    private static bool IsWeight(MilTensorValue value)
    {
        ElementType type = value.Type.Tensor.ElementType;
        bool isSetting = type is ElementType.Bool or ElementType.Int32 or ElementType.Int64 or ElementType.Int16 or ElementType.UInt16 or ElementType.UInt32 or ElementType.UInt64;
        return value.IsBlob || !isSetting && value.ElementCount >= LeastElements;
    }

    private static long Bytes(MilTensorValue value) => value.Type.Tensor.ElementType.ByteCount(value.ElementCount);

    /// <summary>An operation with those that it decompresses before it. Names are defined before their use, so this ends.</summary>
    private static void Gather(MilOperation operation, Dictionary<string, MilOperation> constants, List<MilOperation> operations)
    {
        var seen = new HashSet<MilOperation>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<(MilOperation Operation, bool IsReady)>([(operation, false)]);
        while (pending.TryPop(out (MilOperation Operation, bool IsReady) next))
        {
            if (next.IsReady) operations.Add(next.Operation);
            if (!seen.Add(next.Operation)) continue;
            if (seen.Count > MostOperations) throw new ModelLimitException(operation.File, $"Operations that make the weight '{operation.Name}'", seen.Count, MostOperations);
            pending.Push((next.Operation, true));
            foreach (IReadOnlyList<MilBinding> bindings in next.Operation.Inputs.Values)
                foreach (MilBinding binding in bindings)
                    if (binding.Name is string name && constants.TryGetValue(name, out MilOperation? source))
                        pending.Push((source, false));
        }
    }

    /// <summary>A table counts before scales, scales before a mask.</summary>
    private static Quantization Storage(List<MilOperation> operations, Dictionary<string, MilOperation> constants)
    {
        MilTensorType? Of(MilOperation operation, string parameter) => operation.Input(parameter) switch
        {
            { Value: { } value } => value.Type as MilTensorType,
            { Name: { } name } when constants.TryGetValue(name, out MilOperation? source) => source.Outputs.FirstOrDefault(output => output.Name == name)?.Type as MilTensorType,
            _ => null,
        };

        foreach (MilOperation operation in operations)
        {
            if (operation.Type is not ("constexpr_lut_to_dense" or "constexpr_lut_to_sparse")) continue;
            MilTensorType? indices = Of(operation, operation.Type == "constexpr_lut_to_dense" ? "indices" : "indices_nonzero_data"), table = Of(operation, "lut");
            // Before iOS 18 the indices are packed into bytes and the table's length tells their width.
            if (table is { Dimensions: [{ Size: int entries }], HasRank: true }) return new($"Palettized{BitOperations.Log2((uint)Math.Max(entries, 1))}");
            if (indices?.ElementType is ElementType type) return new($"Palettized{type.Bits}");
        }
        foreach ((string operation, string parameter) in new[]
        {
            ("constexpr_affine_dequantize", "quantized_data"), ("constexpr_blockwise_shift_scale", "data"), ("constexpr_sparse_blockwise_shift_scale", "nonzero_data"),
            ("constexpr_sparse_to_dense", "nonzero_data"), ("constexpr_cast", "source_val"),
        })
            foreach (MilOperation part in operations)
                if (part.Type == operation && Of(part, parameter)?.ElementType is ElementType type)
                    return operation == "constexpr_sparse_to_dense" ? new($"Sparse{Quantization.Of(type)}") : Quantization.Of(type);
        return Quantization.Mixed;
    }
}
