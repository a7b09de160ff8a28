using System.Numerics.Tensors;
using CommunityToolkit.HighPerformance;

namespace TensorLogic;

/// <summary>A tensor whose elements are of CLR type <typeparamref name="T"/>.</summary>
/// <typeparam name="T"><see cref="Half"/>, <see cref="BFloat16"/>, <see cref="float"/>, <see cref="double"/>, <see cref="bool"/> or an integer type.</typeparam>
public sealed unsafe class Tensor<T> : Tensor where T : unmanaged
{
    internal Tensor(Shape shape, long[] strides, TensorStorage storage, long offset)
        : base(ElementTypeExtensions.Of<T>(), shape, strides, storage, offset)
    {
    }

    /// <summary>A zeroed tensor.</summary>
    public static Tensor<T> Create(Shape shape) => (Tensor<T>)Create(ElementTypeExtensions.Of<T>(), shape);

    /// <summary>The elements of a contiguous tensor in row-major order. Valid while the tensor is reachable and not disposed.</summary>
    /// <exception cref="InvalidOperationException">Not contiguous, more than 2^31 - 1 elements, or not writable (see <see cref="ReadOnlySpan"/>).</exception>
    public Span<T> Span
    {
        get
        {
            if (!IsWritable) throw new InvalidOperationException($"The tensor {this} views a mapped file and cannot be written. Use ReadOnlySpan, or Clone() it.");
            return new(First(), (int)ElementCount);
        }
    }

    /// <summary>The elements of a contiguous tensor in row-major order. Valid while the tensor is reachable and not disposed.</summary>
    /// <exception cref="InvalidOperationException">Not contiguous, or more than 2^31 - 1 elements.</exception>
    public ReadOnlySpan<T> ReadOnlySpan => new(First(), (int)ElementCount);

    private T* First()
    {
        RequireContiguous();
        if (ElementCount > int.MaxValue) throw new InvalidOperationException($"The tensor {this} has more elements than a span can hold. Slice it.");
        return (T*)Pointer;
    }

    /// <summary>One element; each index counts from 0.</summary>
    /// <exception cref="ArgumentException">The number of indices is not the rank.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside its axis.</exception>
    public T this[params ReadOnlySpan<int> indices]
    {
        get
        {
            T element = *At(indices);
            GC.KeepAlive(this);
            return element;
        }
        set
        {
            if (!IsWritable) throw new InvalidOperationException($"The tensor {this} views a mapped file and cannot be written. Clone() it.");
            *At(indices) = value;
            GC.KeepAlive(this);
        }
    }

    private T* At(ReadOnlySpan<int> indices)
    {
        if (indices.Length != Rank) throw new ArgumentException($"{indices.Length} indices were given for a tensor with {Rank} axes.", nameof(indices));
        long position = 0;
        for (int axis = 0; axis < indices.Length; axis++)
        {
            if ((uint)indices[axis] >= (uint)Shape.Sizes[axis])
                throw new ArgumentOutOfRangeException(nameof(indices), indices[axis], $"Index {indices[axis]} is out of range for axis {axis} of size {Shape.Sizes[axis]}.");
            position += indices[axis] * Strides[axis];
        }
        // In bounds: every index is inside its axis, and the constructor checked the extent of the view.
        return (T*)Pointer + position;
    }

    /// <summary>The elements in row-major order, copied.</summary>
    public T[] ToArray()
    {
        using var source = (Tensor<T>)Contiguous();
        return source.ReadOnlySpan.ToArray();
    }

    /// <summary>This tensor for the functions of <c>System.Numerics.Tensors</c>; strides are kept, nothing is copied. A scalar has one axis there.</summary>
    /// <exception cref="InvalidOperationException">A stride is negative, or the elements reach over more than 2^31 - 1.</exception>
    public ReadOnlyTensorSpan<T> AsReadOnlyTensorSpan()
    {
        (nint[] lengths, nint[] strides) = NativeExtents();
        return new(new ReadOnlySpan<T>(Pointer, Reach()), lengths, strides);
    }

    /// <summary>As <see cref="AsReadOnlyTensorSpan"/>, writable.</summary>
    /// <exception cref="InvalidOperationException">The tensor is not writable.</exception>
    public TensorSpan<T> AsTensorSpan()
    {
        if (!IsWritable) throw new InvalidOperationException($"The tensor {this} views a mapped file and cannot be written. Use AsReadOnlyTensorSpan.");
        (nint[] lengths, nint[] strides) = NativeExtents();
        return new(new Span<T>(Pointer, Reach()), lengths, strides);
    }

    /// <summary>A contiguous rank-2 tensor as rows and columns, without a copy.</summary>
    /// <exception cref="InvalidOperationException">Not contiguous or not of rank 2.</exception>
    public Span2D<T> AsSpan2D()
    {
        if (Rank != 2) throw new InvalidOperationException($"The tensor {this} has {Rank} axes, not 2.");
        _ = Span;
        return new(Pointer, Shape[0], Shape[1], 0);
    }

    /// <summary>The elements in row-major order, copied into <paramref name="destination"/>.</summary>
    public void CopyTo(Span<T> destination)
    {
        using var source = (Tensor<T>)Contiguous();
        source.ReadOnlySpan.CopyTo(destination);
    }

    private (nint[] Lengths, nint[] Strides) NativeExtents()
    {
        if (Rank == 0) return ([1], []);   // the framework has no rank 0: an empty list of lengths means no elements
        nint[] lengths = Array.ConvertAll(Shape.Sizes.ToArray(), size => (nint)size);
        if (IsContiguous || ElementCount == 0) return (lengths, []);
        foreach (long stride in Strides)
            if (stride < 0) throw new InvalidOperationException($"The tensor {this} has a negative stride. Call Contiguous() first.");
        var strides = new nint[Rank];
        for (int axis = 0; axis < Rank; axis++)
            strides[axis] = Shape.Sizes[axis] == 1 ? 0 : (nint)Strides[axis];   // TensorSpan wants 0 where an axis does not move
        return (lengths, strides);
    }

    private int Reach()
    {
        if (ElementCount == 0) return 0;
        long last = 0;
        for (int axis = 0; axis < Rank; axis++) last += (Shape.Sizes[axis] - 1) * Strides[axis];
        if (last >= int.MaxValue) throw new InvalidOperationException($"The tensor {this} spans more elements than a span can hold. Slice it.");
        return (int)last + 1;
    }
}
