namespace TensorLogic;

/// <summary>Conversion of tensors between element types, as <see cref="Tensor.To"/> documents it.</summary>
internal static class TensorConversion
{
    public static Tensor Convert(Tensor source, ElementType elementType)
    {
        if (elementType == source.ElementType) return source.Clone();
        Tensor destination = Tensor.Create(elementType, source.Shape);
        Convert(source, destination);
        return destination;
    }

    public static void Convert(Tensor source, Tensor destination)
    {
        if (source.Shape != destination.Shape)
            throw new ShapeException
            {
                Operator = "cast",
                Node = "",
                Input = "destination",
                Actual = destination.Type.ToString(),
                Expected = new TensorType(destination.ElementType, source.Shape).ToString(),
            };
        if (!destination.IsWritable)
            throw new InvalidOperationException($"The tensor {destination} views a mapped file and cannot be written. Clone() it.");
        if (source.ElementType == destination.ElementType)
        {
            TensorCopy.Copy(source, destination);
            return;
        }
        using Tensor x = source.Contiguous();
        if (destination.IsContiguous)
        {
            Contiguous(x, destination);
            return;
        }
        using Tensor y = Tensor.Create(destination.ElementType, destination.Shape);
        Contiguous(x, y);
        TensorCopy.Copy(y, destination);
    }

    // In chunks, so that a conversion by way of 64-bit values takes no memory of that size, and tensors may be larger than a span.
    private static unsafe void Contiguous(Tensor x, Tensor y)
    {
        for (long at = 0; at < x.ElementCount; at += ElementConversion.Chunk)
        {
            int count = (int)Math.Min(ElementConversion.Chunk, x.ElementCount - at);
            // In bounds: both tensors are contiguous and of the same shape; a chunk begins at a whole byte.
            ElementConversion.Convert(x.ElementType, Bytes(x, at, count), y.ElementType, Bytes(y, at, count), count);
        }
        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    /// <summary>The bytes of some elements of a contiguous tensor; the first begins at a whole byte.</summary>
    public static unsafe Span<byte> Bytes(Tensor tensor, long at, int count) =>
        new(tensor.Pointer + tensor.ElementType.ByteCount(at), (int)tensor.ElementType.ByteCount(count));

    /// <summary>Every element as a double: exact, but for 64-bit integers beyond 2^53.</summary>
    public static double[] ReadDoubles(Tensor tensor)
    {
        using Tensor x = tensor.Contiguous();
        var y = new double[x.ElementCount];
        ElementConversion.Read(x.ElementType, x.AsBytes(), y);
        return y;
    }

    /// <summary>Every element as an integer: floats truncated, 64-bit unsigned values with their bits.</summary>
    public static long[] ReadLongs(Tensor tensor)
    {
        using Tensor x = tensor.Contiguous();
        var y = new long[x.ElementCount];
        ElementConversion.Read(x.ElementType, x.AsBytes(), y);
        return y;
    }

    /// <summary>Writes doubles into a contiguous tensor of any computable type.</summary>
    public static void Write(Tensor tensor, ReadOnlySpan<double> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, tensor.ElementCount);
        ElementConversion.Write(tensor.ElementType, values, tensor.Bytes);
        GC.KeepAlive(tensor);
    }

    /// <summary>Writes integers into a contiguous tensor of any computable type; narrower integers wrap.</summary>
    public static void Write(Tensor tensor, ReadOnlySpan<long> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, tensor.ElementCount);
        ElementConversion.Write(tensor.ElementType, values, tensor.Bytes);
        GC.KeepAlive(tensor);
    }
}
