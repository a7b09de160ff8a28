using System.Buffers.Binary;
using System.Runtime.InteropServices;
using TensorLogic.CoreML.Packages;

namespace TensorLogic.CoreML.Specification.MilText;

/// <summary>Reads values: a type, then a literal or a place in a weights file in parentheses.</summary>
internal static class MilTextValues
{
    private const int RecordBytes = 160;

    public static MilValue Read(ref MilLexer lexer, CoreMLPackage package)
    {
        MilType type = MilTextTypes.Read(ref lexer);
        lexer.Expect('(');
        MilValue value = lexer.Is("BLOBFILE"u8) ? Blob(ref lexer, type, package) : Literal(ref lexer, type, 0);
        lexer.Expect(')');
        return value;
    }

    private static MilBlobValue Blob(ref MilLexer lexer, MilType type, CoreMLPackage package)
    {
        if (type is not MilTensorType { IsString: false, IsStatic: true } tensor) throw lexer.Broken($"Expected a tensor of known sizes in a weights file, found the type {type}.");
        string place = $"line {lexer.Line}";
        lexer.Next();
        lexer.Expect('(');
        string? path = null;
        Int128? offset = null;
        do
        {
            string key = lexer.Identifier("'path' or 'offset'");
            lexer.Expect('=');
            MilTextTypes.Read(ref lexer);
            lexer.Expect('(');
            if (key == "path")
            {
                path = lexer.Text("a path");
            }
            else if (key == "offset")
            {
                if (lexer.Kind != MilToken.Number || !MilNumber.TryParseInteger(lexer.Bytes, out Int128 number) || number < 0 || number > ulong.MaxValue) throw lexer.Unexpected("an offset");
                offset = number;
                lexer.Next();
            }
            else
            {
                throw lexer.Broken($"Expected 'path' or 'offset', found '{key}'.");
            }
            lexer.Expect(')');
        }
        while (lexer.Take(','));
        if (path is null || offset is null) throw lexer.Unexpected("a path and an offset");
        lexer.Expect(')');
        return new(tensor, package.Blob(path, lexer.File, place), (ulong)offset.Value);
    }

    private static MilValue Literal(ref MilLexer lexer, MilType type, int depth)
    {
        if (depth > lexer.Limits.Depth) throw new ModelLimitException(lexer.File, $"Nesting depth of values in line {lexer.Line}", depth, lexer.Limits.Depth);
        lexer.Budget.Charge(RecordBytes, "values");
        return type switch
        {
            MilTensorType { IsString: true } tensor => Strings(ref lexer, tensor),
            MilTensorType tensor => Numbers(ref lexer, tensor),
            MilListType list => List(ref lexer, list, depth),
            MilTupleType tuple => Tuple(ref lexer, tuple, depth),
            MilDictionaryType dictionary => Dictionary(ref lexer, dictionary, depth),
            _ => throw lexer.Broken($"Expected a type with values, found {type}."),
        };
    }

    private static MilListValue List(ref MilLexer lexer, MilListType type, int depth)
    {
        List<MilValue> items = [];
        lexer.Expect('[');
        if (!lexer.Is(']'))
            do items.Add(Literal(ref lexer, type.Element, depth + 1));
            while (lexer.Take(','));
        lexer.Expect(']');
        if (type.Length.Size is int length && length != items.Count) throw lexer.Broken($"Expected {length} items, found {items.Count}.");
        return new(type, items);
    }

    private static MilListValue Tuple(ref MilLexer lexer, MilTupleType type, int depth)
    {
        List<MilValue> items = [];
        lexer.Expect('(');
        foreach (MilType element in type.Elements)
        {
            if (items.Count > 0) lexer.Expect(',');
            items.Add(Literal(ref lexer, element, depth + 1));
        }
        lexer.Expect(')');
        return new(type, items);
    }

    private static MilDictionaryValue Dictionary(ref MilLexer lexer, MilDictionaryType type, int depth)
    {
        List<KeyValuePair<MilValue, MilValue>> entries = [];
        lexer.Expect('{');
        if (!lexer.Is('}'))
            do
            {
                lexer.Expect('{');
                MilValue key = Literal(ref lexer, type.Key, depth + 1);
                lexer.Expect(',');
                MilValue value = Literal(ref lexer, type.Value, depth + 1);
                lexer.Expect('}');
                entries.Add(new(key, value));
            }
            while (lexer.Take(','));
        lexer.Expect('}');
        return new(type, entries);
    }

    private static MilStringsValue Strings(ref MilLexer lexer, MilTensorType type)
    {
        List<string> strings = [];
        int open = 0;
        do
        {
            while (lexer.Take('[')) Open(ref open, lexer);
            if (lexer.Kind == MilToken.String)
            {
                lexer.Budget.Charge(IntPtr.Size, "values");
                strings.Add(lexer.Text("a text"));
            }
            else if (!lexer.Is(']'))
            {
                throw lexer.Unexpected("a text");
            }
            while (open > 0 && lexer.Take(']')) open--;
        }
        while (open > 0 && Comma(ref lexer));
        return new(Sized(type, strings.Count, ref lexer), strings);
    }

    private static MilLiteralValue Numbers(ref MilLexer lexer, MilTensorType type)
    {
        ElementType element = type.Tensor.ElementType;
        List<byte> bytes = [];
        long count = 0;
        int open = 0;
        do
        {
            while (lexer.Take('[')) Open(ref open, lexer);
            if (!lexer.Is(']') || open == 0)
            {
                lexer.Budget.Charge(2L * Math.Max(element.Bits / 8, 1), "values");
                Append(bytes, element, ref lexer);
                count++;
                lexer.Next();
            }
            while (open > 0 && lexer.Take(']')) open--;
        }
        while (open > 0 && Comma(ref lexer));
        return new(Sized(type, count, ref lexer), element.IsPacked ? Packed(bytes, element.Bits) : [.. bytes]);
    }

    /// <summary>Codes one after another, from the lowest bit of each byte.</summary>
    private static byte[] Packed(List<byte> codes, int bits)
    {
        var packed = new byte[((long)codes.Count * bits + 7) / 8];
        for (int i = 0; i < codes.Count; i++)
            for (int bit = 0; bit < bits; bit++)
                if ((codes[i] >> bit & 1) != 0) packed[((long)i * bits + bit) / 8] |= (byte)(1 << (int)(((long)i * bits + bit) % 8));
        return packed;
    }

    private static void Open(ref int open, MilLexer lexer)
    {
        if (++open > lexer.Limits.Depth) throw new ModelLimitException(lexer.File, $"Nesting depth of brackets in line {lexer.Line}", open, lexer.Limits.Depth);
    }

    private static bool Comma(ref MilLexer lexer)
    {
        lexer.Expect(',');
        return true;
    }

    /// <summary>The type with the number of elements that were found: the same, or one unknown size filled in.</summary>
    private static MilTensorType Sized(MilTensorType type, long count, ref MilLexer lexer)
    {
        if (type.Dimensions is [{ IsKnown: false }] && count <= int.MaxValue) return type with { Dimensions = [(int)count] };
        Int128 expected = type.IsStatic ? type.Dimensions.Aggregate((Int128)1, (product, dimension) => product * dimension.Size!.Value) : -1;
        if (expected < 0) throw lexer.Broken($"Expected known sizes in the type of a constant, found {type}.");
        return expected == count ? type : throw lexer.Broken($"Expected {expected} elements of {type}, found {count}.");
    }

    private static void Append(List<byte> bytes, ElementType type, ref MilLexer lexer)
    {
        if (lexer.Kind is not (MilToken.Number or MilToken.Identifier)) throw lexer.Unexpected($"a value of {type.Name}");
        Span<byte> element = stackalloc byte[8];
        if (type.IsFloat)
        {
            if (!MilNumber.TryParseFloat(lexer.Bytes, out double value)) throw lexer.Unexpected($"a value of {type.Name}");
            switch (type)
            {
                case ElementType.Float16: BinaryPrimitives.WriteHalfLittleEndian(element, (Half)value); break;
                case ElementType.Float32: BinaryPrimitives.WriteSingleLittleEndian(element, (float)value); break;
                case ElementType.Float64: BinaryPrimitives.WriteDoubleLittleEndian(element, value); break;
                default: MemoryMarshal.Write(element, (BFloat16)(float)value); break;
            }
        }
        else if (type == ElementType.Bool)
        {
            element[0] = lexer.Is("true"u8) ? (byte)1 : lexer.Is("false"u8) ? (byte)0 : throw lexer.Unexpected("true or false");
        }
        else
        {
            bool isSigned = type is ElementType.Int4 or ElementType.Int8 or ElementType.Int16 or ElementType.Int32 or ElementType.Int64;
            if (!type.IsInteger && !type.IsPacked) throw lexer.Broken($"Values of {type.Name} stand in a weights file, not in the text.");
            Int128 least = isSigned ? -((Int128)1 << (type.Bits - 1)) : 0, greatest = ((Int128)1 << (isSigned ? type.Bits - 1 : type.Bits)) - 1;
            if (!MilNumber.TryParseInteger(lexer.Bytes, out Int128 value) || value < least || value > greatest) throw lexer.Unexpected($"a value of {type.Name}");
            BinaryPrimitives.WriteUInt64LittleEndian(element, unchecked((ulong)value));
        }
        bytes.AddRange(element[..Math.Max(type.Bits / 8, 1)]);
    }
}
