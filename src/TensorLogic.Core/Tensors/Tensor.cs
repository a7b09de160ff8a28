using System.Diagnostics;

namespace TensorLogic;

/// <summary>An n-dimensional array: shape, strides, element type and a view of storage.</summary>
/// <remarks>
/// <para>Views (<see cref="Reshape"/>, <see cref="Slice"/>, <see cref="Transpose"/>, …) share storage and never copy;
/// <see cref="Contiguous"/> and <see cref="To"/> do. A view stays valid after the tensor it came from is disposed.</para>
/// <para>Tensors with a CLR element type are instances of <see cref="Tensor{T}"/>. Not safe for concurrent writes.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public unsafe class Tensor : IDisposable
{
    private readonly long[] _strides;
    private int _disposed;

    internal Tensor(ElementType elementType, Shape shape, long[] strides, TensorStorage storage, long offset)
    {
        ElementType = elementType;
        Shape = shape;
        _strides = strides;
        Storage = storage;
        Offset = offset;
        ElementCount = shape.ElementCount;
        IsContiguous = elementType.IsPacked || HasRowMajorStrides(shape, strides);
    }

    /// <summary>The element type.</summary>
    public ElementType ElementType { get; }

    /// <summary>Sizes, outermost axis first.</summary>
    public Shape Shape { get; }

    /// <summary>Number of axes.</summary>
    public int Rank => Shape.Rank;

    /// <summary>Number of elements.</summary>
    public long ElementCount { get; }

    /// <summary>Distance, in elements, between neighbours along each axis; 0 where an axis is broadcast.</summary>
    public ReadOnlySpan<long> Strides => _strides;

    /// <summary>True if the elements lie in row-major order without gaps.</summary>
    public bool IsContiguous { get; }

    /// <summary>False for views of mapped files.</summary>
    public bool IsWritable => Storage.IsWritable;

    /// <summary>Element type and shape.</summary>
    public TensorType Type => new(ElementType, Shape);

    /// <summary>Size of the elements in bytes, without gaps.</summary>
    public long ByteCount => ElementType.ByteCount(ElementCount);

    internal TensorStorage Storage { get; }

    /// <summary>What gradients need to know of how this tensor came to be; null for a plain value.</summary>
    internal TensorHistory? History { get; set; }

    /// <summary>Position of the first element in the storage, in elements.</summary>
    internal long Offset { get; }

    /// <summary>Address of the first element. The caller keeps this tensor reachable while it uses the address.</summary>
    internal byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            return Storage.Pointer + Offset * ElementType.Bits / 8;
        }
    }

    /// <summary>A zeroed tensor.</summary>
    /// <exception cref="ArgumentException">The tensor would exceed 2^63 - 1 bytes.</exception>
    public static Tensor Create(ElementType elementType, Shape shape)
    {
        long bytes;
        try
        {
            bytes = elementType.ByteCount(shape.ElementCount);
        }
        catch (OverflowException)
        {
            throw new ArgumentException($"A tensor {elementType.Name}{shape} is larger than any memory.", nameof(shape));
        }
        return Over(TensorStorage.Allocate(bytes), elementType, shape);
    }

    /// <summary>Makes a tensor over storage, taking over one reference to it.</summary>
    internal static Tensor Over(TensorStorage storage, ElementType elementType, Shape shape, long offset = 0) =>
        New(elementType, shape, shape.RowMajorStrides(), storage, offset);

    /// <summary>A contiguous tensor of bytes at a place in storage; shares the storage.</summary>
    /// <exception cref="ArgumentException">The range is outside the storage or not at a whole element.</exception>
    internal static Tensor View(TensorStorage storage, long byteOffset, ElementType elementType, Shape shape)
    {
        long bytes = elementType.ByteCount(shape.ElementCount);
        if (byteOffset < 0 || bytes > storage.ByteLength - byteOffset)
            throw new ArgumentException($"{bytes} bytes at {byteOffset} are outside the {storage.ByteLength} bytes of the storage.");
        int bits = elementType.Bits;
        storage.AddReference();
        if ((Int128)byteOffset * 8 % bits == 0) return Over(storage, elementType, shape, (long)((Int128)byteOffset * 8 / bits));
        try
        {
            // Files may place elements at any byte; kernels may not. Such a tensor is copied once.
            Tensor copy = Create(elementType, shape);
            Buffer.MemoryCopy(storage.Pointer + byteOffset, copy.Pointer, bytes, bytes);
            return copy;
        }
        finally
        {
            storage.Release();
        }
    }

    /// <summary>A view with its own strides. The extent is checked against the storage, so no view can reach outside it.</summary>
    internal Tensor View(Shape shape, long[] strides, long offset)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        Storage.AddReference();
        return New(ElementType, shape, strides, Storage, offset);
    }

    private static Tensor New(ElementType type, Shape shape, long[] strides, TensorStorage storage, long offset)
    {
        CheckExtent(type, shape, strides, storage, offset);
        return type switch
        {
            ElementType.Float16 => new Tensor<Half>(shape, strides, storage, offset),
            ElementType.BFloat16 => new Tensor<BFloat16>(shape, strides, storage, offset),
            ElementType.Float32 => new Tensor<float>(shape, strides, storage, offset),
            ElementType.Float64 => new Tensor<double>(shape, strides, storage, offset),
            ElementType.Int8 => new Tensor<sbyte>(shape, strides, storage, offset),
            ElementType.Int16 => new Tensor<short>(shape, strides, storage, offset),
            ElementType.Int32 => new Tensor<int>(shape, strides, storage, offset),
            ElementType.Int64 => new Tensor<long>(shape, strides, storage, offset),
            ElementType.UInt8 => new Tensor<byte>(shape, strides, storage, offset),
            ElementType.UInt16 => new Tensor<ushort>(shape, strides, storage, offset),
            ElementType.UInt32 => new Tensor<uint>(shape, strides, storage, offset),
            ElementType.UInt64 => new Tensor<ulong>(shape, strides, storage, offset),
            ElementType.Bool => new Tensor<bool>(shape, strides, storage, offset),
            _ => new Tensor(type, shape, strides, storage, offset),
        };
    }

    private static void CheckExtent(ElementType type, Shape shape, long[] strides, TensorStorage storage, long offset)
    {
        if (shape.ElementCount == 0) return;
        long low = offset, high = offset;
        for (int axis = 0; axis < strides.Length; axis++)
        {
            long reach = checked((shape.Sizes[axis] - 1) * strides[axis]);
            if (reach < 0) low += reach;
            else high += reach;
        }
        if (low < 0 || type.ByteCount(checked(high + 1)) > storage.ByteLength)
            throw new ArgumentException($"A view {type.Name}{shape} reaches outside its storage of {storage.ByteLength} bytes.");
    }

    private static bool HasRowMajorStrides(Shape shape, long[] strides)
    {
        long expected = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            int size = shape.Sizes[axis];
            if (size == 0) return true;
            if (size != 1 && strides[axis] != expected) return false;
            expected *= size;
        }
        return true;
    }

    /// <summary>This tensor as a tensor of <typeparamref name="T"/>, without conversion.</summary>
    /// <exception cref="InvalidOperationException">The element type is another one. Use <see cref="To"/> to convert.</exception>
    public Tensor<T> As<T>() where T : unmanaged =>
        this as Tensor<T> ?? throw new InvalidOperationException(
            $"The tensor holds {ElementType.Name}, not {ElementTypeExtensions.Of<T>().Name}. Convert it with To({nameof(TensorLogic.ElementType)}.{ElementTypeExtensions.Of<T>()}).");

    /// <summary>The bytes of a contiguous tensor, in row-major order.</summary>
    /// <exception cref="InvalidOperationException">Not contiguous, or more than 2^31 - 1 bytes.</exception>
    public ReadOnlySpan<byte> AsBytes()
    {
        RequireContiguous();
        if (ByteCount > int.MaxValue) throw new InvalidOperationException($"The tensor has {ByteCount} bytes; a span holds at most {int.MaxValue}.");
        return new(Pointer, (int)ByteCount);
    }

    /// <summary>Writable bytes, for kernels and readers of this assembly.</summary>
    internal Span<byte> Bytes
    {
        get
        {
            RequireContiguous();
            return new(Pointer, checked((int)ByteCount));
        }
    }

    private protected void RequireContiguous()
    {
        if (!IsContiguous)
            throw new InvalidOperationException($"The tensor {this} is a view with strides [{string.Join(", ", _strides)}]. Call Contiguous() first.");
    }

    /// <summary>Gives up this tensor's hold on its storage.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the storage reference once.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) Storage.Release();
    }

    /// <summary><c>f16[1, 10]</c>.</summary>
    public override string ToString() => $"{ElementType.Name}{Shape}";

    /// <summary>The same elements in row-major order under another shape. Copies only if the view cannot be expressed by strides.</summary>
    /// <param name="shape">One size may be -1: it is inferred.</param>
    /// <exception cref="ArgumentException">The number of elements differs.</exception>
    public Tensor Reshape(params ReadOnlySpan<int> shape) => TensorViews.Reshape(this, shape);

    /// <summary>Axis <c>k</c> of the result is axis <c>permutation[k]</c> of this tensor. No copy.</summary>
    /// <exception cref="ArgumentException"><paramref name="permutation"/> is not an order of the axes.</exception>
    public Tensor Transpose(params ReadOnlySpan<int> permutation) => TensorViews.Transpose(this, permutation);

    /// <summary>Elements <paramref name="start"/>, <paramref name="start"/> + <paramref name="step"/>, … along an axis. No copy.</summary>
    /// <param name="axis">Negative counts from the end.</param>
    /// <param name="start">First index.</param>
    /// <param name="length">Number of elements taken.</param>
    /// <param name="step">Distance; negative walks backwards.</param>
    /// <exception cref="ArgumentOutOfRangeException">The elements are not all inside the axis.</exception>
    public Tensor Slice(int axis, int start, int length, int step = 1) => TensorViews.Slice(this, axis, start, length, step);

    /// <summary>Drops axis <paramref name="axis"/> at position <paramref name="index"/>. No copy.</summary>
    public Tensor Select(int axis, int index) => TensorViews.Select(this, axis, index);

    /// <summary>Inserts an axis of size 1 so that it is axis <paramref name="axis"/> of the result. No copy.</summary>
    public Tensor ExpandDims(int axis) => TensorViews.ExpandDims(this, axis);

    /// <summary>Drops the given axes of size 1, or all of them. No copy.</summary>
    public Tensor Squeeze(params ReadOnlySpan<int> axes) => TensorViews.Squeeze(this, axes);

    /// <summary>Repeats axes of size 1 (and missing leading axes) to reach a shape. No copy: strides are 0 there.</summary>
    /// <exception cref="ArgumentException">The shapes do not broadcast.</exception>
    public Tensor BroadcastTo(Shape shape) => TensorViews.BroadcastTo(this, shape);

    /// <summary>A tensor with row-major elements: this one (one more reference) if it is contiguous, else a copy.</summary>
    public Tensor Contiguous() => IsContiguous ? View(Shape, Shape.RowMajorStrides(), Offset) : Clone();

    /// <summary>A contiguous, writable copy.</summary>
    public Tensor Clone()
    {
        Tensor copy = Over(TensorStorage.Allocate(ByteCount, zero: false), ElementType, Shape);
        TensorCopy.Copy(this, copy);
        return copy;
    }

    /// <summary>A copy with another element type.</summary>
    /// <remarks>Float to float rounds to nearest, ties to even; float to integer truncates towards zero and wraps, NaN gives 0; to
    /// bool: not 0. Packed and 8-bit floats can only be converted from.</remarks>
    public Tensor To(ElementType elementType) => TensorConversion.Convert(this, elementType);

    /// <summary>Copies elements, converting them.</summary>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    /// <exception cref="InvalidOperationException">The destination is not writable.</exception>
    public void CopyTo(Tensor destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        TensorConversion.Convert(this, destination);
    }

    /// <summary>A tensor over a caller's array, without a copy.</summary>
    public static Tensor<T> FromArray<T>(T[] array, Shape shape) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(array);
        if (shape.ElementCountOf(nameof(shape)) != array.Length)
            throw new ArgumentException($"The shape {shape} has {shape.ElementCount} elements, the array {array.Length}.", nameof(shape));
        ElementType type = ElementTypeExtensions.Of<T>();
        return (Tensor<T>)Over(new PinnedArrayStorage(array, type.ByteCount(array.Length)), type, shape);
    }

    /// <summary>A tensor with a copy of these elements.</summary>
    public static Tensor<T> FromSpan<T>(ReadOnlySpan<T> elements, Shape shape) where T : unmanaged
    {
        if (shape.ElementCountOf(nameof(shape)) != elements.Length)
            throw new ArgumentException($"The shape {shape} has {shape.ElementCount} elements, the span {elements.Length}.", nameof(shape));
        Tensor<T> tensor = Tensor<T>.Create(shape);
        elements.CopyTo(tensor.Span);
        return tensor;
    }

    /// <summary>A rank-0 tensor.</summary>
    public static Tensor<T> Scalar<T>(T value) where T : unmanaged => FromSpan([value], Shape.Scalar);
}
