using System.Collections.Immutable;
using TensorLogic.CoreML.Protobuf;
using static TensorLogic.CoreML.Protobuf.WireType;

namespace TensorLogic.CoreML.Specification;

/// <summary>Reads the <c>FeatureDescription</c> and <c>FeatureType</c> messages.</summary>
internal static class FeatureTypeReader
{
    private const int RecordBytes = 256;

    public static FeatureDescription Feature(ProtobufReader reader)
    {
        reader.Source.Charge(RecordBytes, "features");
        string name = "", description = "";
        FeatureType? type = null;
        bool isOptional = false;
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes): name = reader.Name("name"); break;
                case (2, Bytes): description = reader.Text("shortDescription"); break;
                case (3, Bytes): Type(reader.Message("type"), ref type, ref isOptional); break;
            }
        if (name.Length == 0) throw reader.Broken("Expected the name of a feature, found none.", "name");
        return new() { Name = name, Description = description, IsOptional = isOptional, Type = type ?? throw reader.Broken($"Expected the type of the feature '{name}', found none.", "type") };
    }

    private static void Type(ProtobufReader reader, ref FeatureType? type, ref bool isOptional)
    {
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes): type = new ScalarFeatureType(FeatureKind.Int64); break;
                case (2, Bytes): type = new ScalarFeatureType(FeatureKind.Double); break;
                case (3, Bytes): type = new ScalarFeatureType(FeatureKind.String); break;
                case (4, Bytes): type = Image(reader.Message("imageType")); break;
                case (5, Bytes): type = Array(reader.Message("multiArrayType")); break;
                case (6, Bytes): type = new DictionaryFeatureType(Key(reader.Message("dictionaryType"), 2)); break;
                case (7, Bytes): type = new SequenceFeatureType(Key(reader.Message("sequenceType"), 3)); break;
                case (8, Bytes): type = State(reader.Message("stateType")); break;
                case (1000, Varint): isOptional = reader.Bool(); break;
            }
    }

    private static FeatureKind Key(ProtobufReader reader, int stringField)
    {
        FeatureKind? kind = null;
        while (reader.Next())
            if (reader.Wire == Bytes && (reader.Field == 1 || reader.Field == stringField))
                kind = reader.Field == 1 ? FeatureKind.Int64 : FeatureKind.String;
        return kind ?? throw reader.Broken("Expected strings or integers, found neither.");
    }

    private static FeatureType? State(ProtobufReader reader)
    {
        FeatureType? type = null;
        while (reader.Next())
            if ((reader.Field, reader.Wire) == (1, Bytes))
                type = Array(reader.Message("arrayType"));
        return type;
    }

    private static TensorFeatureType Array(ProtobufReader reader)
    {
        List<long> shape = [];
        int dataType = 0;
        double? defaultValue = null;
        ImmutableArray<Shape> enumerated = [];
        ImmutableArray<(long Least, long Greatest)> ranges = [];
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Varint or Bytes): reader.AddIntegers(shape, "shape"); break;
                case (2, Varint): dataType = reader.Int32(); break;
                case (21, Bytes): (enumerated, ranges) = (Shapes(reader.Message("enumeratedShapes")), []); break;
                case (31, Bytes): (enumerated, ranges) = ([], Ranges(reader.Message("shapeRange"))); break;
                case (41, Varint): defaultValue = reader.Int32(); break;
                case (51, Fixed32): defaultValue = reader.Float(); break;
                case (61, Fixed64): defaultValue = reader.Double(); break;
            }
        ElementType element = dataType switch
        {
            0x10020 => ElementType.Float32,
            // The first models left the type out; they compute in 64 bits.
            0x10040 or 0 => ElementType.Float64,
            0x10010 => ElementType.Float16,
            0x20020 => ElementType.Int32,
            0x20008 => ElementType.Int8,
            _ => throw reader.Broken($"Expected a data type of a multi-array, found {dataType}.", "dataType"),
        };
        Shape? declared = shape.Count > 0 ? ToShape(shape, reader, "shape") : null;
        Shape typical = declared
            ?? (enumerated.Length > 0 ? enumerated[0] : ToShape([.. ranges.Select(range => range.Least)], reader, "shapeRange"));
        if (declared is Shape given && ranges.Length > 0 && ranges.Length != given.Rank)
            throw reader.Broken($"Expected {given.Rank} ranges, found {ranges.Length}.", "shapeRange");
        bool isFlexible = enumerated.Length > 0 || ranges.Length > 0;
        return new(new TensorType(element, [.. Enumerable.Range(0, typical.Rank).Select(Size)]))
        {
            EnumeratedShapes = enumerated,
            Ranges = ranges,
            DefaultShape = isFlexible ? typical : null,
            DefaultValue = defaultValue,
        };

        Dimension Size(int axis)
        {
            bool varies = ranges.Length > 0
                ? ranges[axis].Least != ranges[axis].Greatest
                : enumerated.Any(other => other.Rank != typical.Rank || other.Sizes[axis] != typical.Sizes[axis]);
            return varies ? Dimension.Unknown : typical.Sizes[axis];
        }
    }

    private static ImmutableArray<Shape> Shapes(ProtobufReader reader)
    {
        ImmutableArray<Shape>.Builder shapes = ImmutableArray.CreateBuilder<Shape>();
        while (reader.Next())
        {
            if ((reader.Field, reader.Wire) != (1, Bytes)) continue;
            if (shapes.Count >= reader.Source.Limits.Count) throw new ModelLimitException(reader.Source.File, "Number of enumerated shapes", shapes.Count + 1, reader.Source.Limits.Count);
            reader.Source.Charge(RecordBytes, "shapes");
            ProtobufReader message = reader.Message("shapes", shapes.Count);
            List<long> sizes = [];
            while (message.Next())
                if (message.Field == 1 && message.Wire is Varint or Bytes)
                    message.AddIntegers(sizes, "shape");
            shapes.Add(ToShape(sizes, message, "shape"));
        }
        return shapes.ToImmutable();
    }

    private static ImmutableArray<(long Least, long Greatest)> Ranges(ProtobufReader reader)
    {
        ImmutableArray<(long, long)>.Builder ranges = ImmutableArray.CreateBuilder<(long, long)>();
        while (reader.Next())
        {
            if ((reader.Field, reader.Wire) != (1, Bytes)) continue;
            if (ranges.Count >= Shape.MaxRank) throw new ModelLimitException(reader.Source.File, "Number of axes", ranges.Count + 1, Shape.MaxRank);
            ranges.Add(Range(reader.Message("sizeRanges", ranges.Count)));
        }
        return ranges.ToImmutable();
    }

    private static (long Least, long Greatest) Range(ProtobufReader reader)
    {
        ulong least = 0;
        long greatest = 0;
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Varint): least = reader.UInt64(); break;
                case (2, Varint): greatest = reader.Int64(); break;
            }
        if (greatest >= 0 && least > (ulong)greatest || least > int.MaxValue) throw reader.Broken($"Expected a range of sizes, found {least} to {greatest}.");
        return ((long)least, Math.Max(greatest, -1));
    }

    private static Shape ToShape(List<long> sizes, ProtobufReader reader, string field)
    {
        if (sizes.Count > Shape.MaxRank) throw new ModelLimitException(reader.Source.File, "Number of axes", sizes.Count, Shape.MaxRank);
        Int128 count = 1;
        foreach (long size in sizes)
        {
            if (size < 0) throw reader.Broken($"Expected sizes of 0 or more, found {size}.", field);
            if (size > int.MaxValue) throw new ModelLimitException(reader.Source.File, $"Size of an axis of {reader.Source.Path(reader.Depth, field)}", size, int.MaxValue);
            if ((count *= Math.Max(size, 1)) > long.MaxValue) throw new ModelLimitException(reader.Source.File, $"Number of elements of {reader.Source.Path(reader.Depth, field)}", count, long.MaxValue);
        }
        return Shape.Create([.. sizes.Select(size => (int)size)]);
    }

    private static ImageFeatureType Image(ProtobufReader reader)
    {
        long width = 0, height = 0;
        int space = 0;
        ImmutableArray<(int, int)> sizes = [];
        ((long, long) Width, (long, long) Height)? range = null;
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Varint): width = reader.Int64(); break;
                case (2, Varint): height = reader.Int64(); break;
                case (3, Varint): space = reader.Int32(); break;
                case (21, Bytes): (sizes, range) = (ImageSizes(reader.Message("enumeratedSizes")), null); break;
                case (31, Bytes): (sizes, range) = ([], ImageRange(reader.Message("imageSizeRange"))); break;
            }
        ColorLayout layout = space switch
        {
            10 => ColorLayout.Grayscale,
            20 => ColorLayout.Rgb,
            30 => ColorLayout.Bgr,
            40 => ColorLayout.GrayscaleFloat16,
            _ => throw reader.Broken($"Expected a colour space of 10, 20, 30 or 40, found {space}.", "colorSpace"),
        };
        if (width is < 0 or > int.MaxValue || height is < 0 or > int.MaxValue) throw reader.Broken($"Expected a size of an image, found {width}x{height}.");
        return new((int)width, (int)height, layout) { EnumeratedSizes = sizes, WidthRange = range?.Width, HeightRange = range?.Height };
    }

    private static ImmutableArray<(int, int)> ImageSizes(ProtobufReader reader)
    {
        ImmutableArray<(int, int)>.Builder sizes = ImmutableArray.CreateBuilder<(int, int)>();
        while (reader.Next())
        {
            if ((reader.Field, reader.Wire) != (1, Bytes)) continue;
            if (sizes.Count >= reader.Source.Limits.Count) throw new ModelLimitException(reader.Source.File, "Number of image sizes", sizes.Count + 1, reader.Source.Limits.Count);
            reader.Source.Charge(16, "image sizes");
            ProtobufReader message = reader.Message("sizes", sizes.Count);
            ulong width = 0, height = 0;
            while (message.Next())
                switch (message.Field, message.Wire)
                {
                    case (1, Varint): width = message.UInt64(); break;
                    case (2, Varint): height = message.UInt64(); break;
                }
            if (width > int.MaxValue || height > int.MaxValue) throw message.Broken($"Expected a size of an image, found {width}x{height}.");
            sizes.Add(((int)width, (int)height));
        }
        return sizes.ToImmutable();
    }

    private static ((long, long) Width, (long, long) Height) ImageRange(ProtobufReader reader)
    {
        (long, long) width = (0, -1), height = (0, -1);
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes): width = Range(reader.Message("widthRange")); break;
                case (2, Bytes): height = Range(reader.Message("heightRange")); break;
            }
        return (width, height);
    }
}
