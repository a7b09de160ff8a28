using System.Numerics;
using TensorLogic.CoreML.Protobuf;

namespace TensorLogic.CoreML.Specification;

/// <summary>How the numbers of an immediate tensor are written.</summary>
internal enum MilEncoding
{
    /// <summary>32-bit floats, packed.</summary>
    Floats,
    /// <summary>64-bit floats, packed.</summary>
    Doubles,
    /// <summary>Varints, packed.</summary>
    Integers,
    /// <summary>The elements' own bytes.</summary>
    Bytes,
}

/// <summary>A constant inside the model file. Its elements stay there until they are read.</summary>
internal sealed class MilImmediateValue : MilTensorValue
{
    private readonly ProtobufSource _source;
    private readonly long _start;
    private readonly long _length;
    private readonly MilEncoding _encoding;

    /// <param name="type">Declared type.</param>
    /// <param name="source">The file.</param>
    /// <param name="start">Offset of the packed elements in it.</param>
    /// <param name="length">Their bytes.</param>
    /// <param name="encoding">How they are written. That so many elements are there has been checked.</param>
    public MilImmediateValue(MilTensorType type, ProtobufSource source, long start, long length, MilEncoding encoding) : base(type)
    {
        _source = source;
        _start = start;
        _length = length;
        _encoding = encoding;
    }

    public override Tensor Read()
    {
        ElementType type = Type.Tensor.ElementType;
        Shape shape = Type.Tensor.Shape;
        switch (_encoding)
        {
            case MilEncoding.Bytes:
                return Tensor.View(_source.Storage, _start, type, shape);
            case MilEncoding.Floats:
                return Converted(Tensor.View(_source.Storage, _start, ElementType.Float32, shape), type);
            case MilEncoding.Doubles:
                return Converted(Tensor.View(_source.Storage, _start, ElementType.Float64, shape), type);
            default:
                if (_length > int.MaxValue) throw new ModelLimitException(_source.File, "Bytes of immediate integers", _length, int.MaxValue);
                _source.Storage.AddReference();
                try
                {
                    return Integers(_source.Span(_start, _length), type, shape);
                }
                finally
                {
                    _source.Storage.Release();
                }
        }
    }

    private static Tensor Converted(Tensor stored, ElementType type)
    {
        if (stored.ElementType == type) return stored;
        using (stored) return stored.To(type);
    }

    private Tensor Integers(ReadOnlySpan<byte> packed, ElementType type, Shape shape)
    {
        Tensor tensor = Tensor.Create(type, shape);
        switch (type)
        {
            case ElementType.Bool: Decode<byte>(packed, tensor); break;
            case ElementType.Int8: Decode<sbyte>(packed, tensor); break;
            case ElementType.UInt8: Decode<byte>(packed, tensor); break;
            case ElementType.Int16: Decode<short>(packed, tensor); break;
            case ElementType.UInt16: Decode<ushort>(packed, tensor); break;
            case ElementType.Int32: Decode<int>(packed, tensor); break;
            case ElementType.UInt32: Decode<uint>(packed, tensor); break;
            case ElementType.UInt64: Decode<ulong>(packed, tensor); break;
            default: Decode<long>(packed, tensor); break;
        }
        return tensor;
    }

    private void Decode<T>(ReadOnlySpan<byte> packed, Tensor tensor) where T : unmanaged, IBinaryInteger<T>
    {
        Span<T> elements = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(tensor.Bytes);
        bool isBool = tensor.ElementType == ElementType.Bool;
        int at = 0;
        foreach (ref T element in elements)
        {
            ulong value = 0;
            byte part;
            int shift = 0;
            do
            {
                part = packed[at++];
                value |= (ulong)(part & 0x7F) << shift;
                shift += 7;
            }
            while (part >= 0x80);
            if (isBool)
            {
                element = value == 0 ? T.Zero : T.One;
                continue;
            }
            element = T.CreateTruncating((long)value);
            if (tensor.ElementType != ElementType.UInt64 && long.CreateTruncating(element) != (long)value)
                throw new ModelFormatException(_source.File, $"Expected integers of {tensor.ElementType.Name}, found {(long)value}.", _start);
        }
    }

    /// <summary>The bytes of one element as stored, for a check of the length.</summary>
    public static int BytesOf(MilEncoding encoding) => encoding switch
    {
        MilEncoding.Floats => sizeof(float),
        MilEncoding.Doubles => sizeof(double),
        _ => throw new ArgumentOutOfRangeException(nameof(encoding)),
    };
}

/// <summary>A constant whose elements were made while reading: from a program's text, or from numbers that are not packed.</summary>
/// <param name="type">Declared type.</param>
/// <param name="bytes">The elements, in row-major order.</param>
internal sealed class MilLiteralValue(MilTensorType type, byte[] bytes) : MilTensorValue(type)
{
    public override Tensor Read()
    {
        Tensor tensor = Tensor.Create(Type.Tensor.ElementType, Type.Tensor.Shape);
        bytes.CopyTo(tensor.Bytes);
        return tensor;
    }
}
