using System.Runtime.InteropServices;

namespace TensorLogic.Cpu.Kernels;

/// <summary>A matrix as the tile kernels read it: panels of some rows each, in a panel the elements of one k side by side.</summary>
/// <remarks>Element (row, k) stands at [row / width][k][row % width]; rows that fill up the last panel are 0. One or more matrices of
/// equal size, one after another.</remarks>
internal sealed unsafe class PackedPanels : IDisposable
{
    private readonly WeightMemory _block;

    private PackedPanels(int matrices, int rows, int k, int width)
    {
        (Rows, K, Width) = (rows, k, width);
        MatrixStride = (long)Panels * k * width;
        _block = WeightMemory.Rent(Math.Max(1, checked(matrices * MatrixStride * sizeof(float))));
    }

    /// <summary>Rows of one matrix.</summary>
    public int Rows { get; }

    /// <summary>Elements of a row.</summary>
    public int K { get; }

    /// <summary>Rows of a panel.</summary>
    public int Width { get; }

    /// <summary>Panels of one matrix.</summary>
    public int Panels => (Rows + Width - 1) / Width;

    /// <summary>Elements from one matrix to the next.</summary>
    public long MatrixStride { get; }

    public float* Pointer => (float*)_block.Pointer;

    /// <summary>Packs matrices whose rows lie one after another, each row's k contiguous.</summary>
    /// <param name="source">matrices · rows · k elements of any float or integer type.</param>
    /// <param name="matrices">Number of matrices.</param>
    /// <param name="rows">Rows of one.</param>
    /// <param name="k">Elements of a row.</param>
    /// <param name="width">Rows of a panel.</param>
    /// <param name="scale">A factor for each row, over all matrices; null for none.</param>
    public static PackedPanels FromRows(Tensor source, int matrices, int rows, int k, int width, double[]? scale = null)
    {
        PackedPanels packed = new(matrices, rows, k, width);
        using Tensor elements = source.Contiguous();
        float[] row = new float[k];
        float* to = packed.Pointer;
        for (int matrix = 0; matrix < matrices; matrix++, to += packed.MatrixStride)
            for (int r = 0; r < packed.Panels * width; r++)
            {
                int index = matrix * rows + r;
                if (r < rows) ReadRow(elements, (long)index * k, row, scale is null ? 1 : scale[index]);
                else row.AsSpan().Clear();
                // In bounds: r is below Panels · width.
                float* column = to + (long)(r / width) * k * width + r % width;
                for (int i = 0; i < k; i++) column[(long)i * width] = row[i];
            }
        return packed;
    }

    /// <summary>Packs the transpose of a matrix [k, rows], whose rows for one k are contiguous.</summary>
    public static PackedPanels FromColumns(Tensor source, int rows, int k, int width)
    {
        PackedPanels packed = new(1, rows, k, width);
        using Tensor elements = source.Contiguous();
        float[] line = new float[packed.Panels * width];
        for (int i = 0; i < k; i++)
        {
            ReadRow(elements, (long)i * rows, line.AsSpan(0, rows), 1);
            for (int panel = 0; panel < packed.Panels; panel++)
                line.AsSpan(panel * width, width).CopyTo(new Span<float>(packed.Pointer + ((long)panel * k + i) * width, width));
        }
        return packed;
    }

    /// <summary>Reads elements as f32, times a factor.</summary>
    internal static void ReadRow(Tensor source, long start, Span<float> row, double scale)
    {
        ElementType type = source.ElementType;
        // In bounds: the caller's rows tile the tensor.
        ReadOnlySpan<byte> bytes = new(source.Pointer + type.ByteCount(start), (int)type.ByteCount(row.Length));
        if (type == ElementType.Float32) bytes.CopyTo(MemoryMarshal.AsBytes(row));
        else ElementConversion.Convert(type, bytes, ElementType.Float32, MemoryMarshal.AsBytes(row), row.Length);
        if (scale != 1)
            foreach (ref float element in row) element = (float)(element * scale);
        GC.KeepAlive(source);
    }

    public void Dispose() => _block.Dispose();
}
