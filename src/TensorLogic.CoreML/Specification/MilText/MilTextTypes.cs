namespace TensorLogic.CoreML.Specification.MilText;

/// <summary>Reads types: <c>tensor&lt;fp16, [1, 10]&gt;</c>, <c>list&lt;…, 3&gt;</c>, <c>dict&lt;…, …&gt;</c>, <c>string</c>.</summary>
internal static class MilTextTypes
{
    private const int RecordBytes = 96;

    public static MilType Read(ref MilLexer lexer, int depth = 0)
    {
        if (depth > lexer.Limits.Depth) throw new ModelLimitException(lexer.File, $"Nesting depth of types in line {lexer.Line}", depth, lexer.Limits.Depth);
        lexer.Budget.Charge(RecordBytes, "types");
        string word = lexer.Identifier("a type");
        switch (word)
        {
            case "tensor":
                lexer.Expect('<');
                ElementType? element = Element(lexer.Identifier("an element type"), lexer);
                lexer.Expect(',');
                MilTensorType tensor = lexer.Take('?') ? new(element, [], HasRank: false) : new(element, [.. Dimensions(ref lexer)]);
                lexer.Expect('>');
                return tensor;
            case "list":
                lexer.Expect('<');
                MilType item = Read(ref lexer, depth + 1);
                lexer.Expect(',');
                Dimension length = Dimension(ref lexer);
                lexer.Expect('>');
                return new MilListType(item, length);
            case "tuple":
                lexer.Expect('<');
                List<MilType> elements = [];
                if (!lexer.Is('>'))
                    do elements.Add(Read(ref lexer, depth + 1));
                    while (lexer.Take(','));
                lexer.Expect('>');
                return new MilTupleType(elements);
            case "dict":
                lexer.Expect('<');
                MilType key = Read(ref lexer, depth + 1);
                lexer.Expect(',');
                MilType value = Read(ref lexer, depth + 1);
                lexer.Expect('>');
                return new MilDictionaryType(key, value);
            case "state":
                lexer.Expect('<');
                MilType wrapped = Read(ref lexer, depth + 1);
                lexer.Expect('>');
                return new MilStateType(wrapped);
            default:
                // Newer compilers write a scalar without its rank.
                return new MilTensorType(Element(word, lexer), []);
        }
    }

    private static List<Dimension> Dimensions(ref MilLexer lexer)
    {
        List<Dimension> dimensions = [];
        lexer.Expect('[');
        Int128 count = 1;
        if (!lexer.Is(']'))
            do
            {
                if (dimensions.Count >= Shape.MaxRank) throw new ModelLimitException(lexer.File, $"Number of axes in line {lexer.Line}", dimensions.Count + 1, Shape.MaxRank);
                dimensions.Add(Dimension(ref lexer));
                if ((count *= Math.Max(dimensions[^1].Size ?? 1, 1)) > long.MaxValue) throw new ModelLimitException(lexer.File, $"Number of elements in line {lexer.Line}", count, long.MaxValue);
            }
            while (lexer.Take(','));
        lexer.Expect(']');
        return dimensions;
    }

    private static Dimension Dimension(ref MilLexer lexer)
    {
        if (lexer.Take('?')) return TensorLogic.Dimension.Unknown;
        if (lexer.Kind != MilToken.Number || !MilNumber.TryParseInteger(lexer.Bytes, out Int128 size) || size < 0) throw lexer.Unexpected("a size");
        if (size > int.MaxValue) throw new ModelLimitException(lexer.File, $"Size of an axis in line {lexer.Line}", size, int.MaxValue);
        lexer.Next();
        return (int)size;
    }

    /// <summary>The element type of a word; null for strings.</summary>
    private static ElementType? Element(string word, MilLexer lexer) => word switch
    {
        "string" => null,
        "bool" => ElementType.Bool,
        "fp16" => ElementType.Float16,
        "fp32" => ElementType.Float32,
        "fp64" => ElementType.Float64,
        "bf16" => ElementType.BFloat16,
        "int4" => ElementType.Int4,
        "int8" => ElementType.Int8,
        "int16" => ElementType.Int16,
        "int32" => ElementType.Int32,
        "int64" => ElementType.Int64,
        "uint1" => ElementType.UInt1,
        "uint2" => ElementType.UInt2,
        "uint3" => ElementType.UInt3,
        "uint4" => ElementType.UInt4,
        "uint6" => ElementType.UInt6,
        "uint8" => ElementType.UInt8,
        "uint16" => ElementType.UInt16,
        "uint32" => ElementType.UInt32,
        "uint64" => ElementType.UInt64,
        "fp8e4m3fn" => ElementType.Float8E4M3,
        "fp8e5m2" => ElementType.Float8E5M2,
        _ => throw lexer.Broken($"Expected a type, found '{word}'."),
    };
}
