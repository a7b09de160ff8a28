namespace TensorLogic.Cpu.Kernels;

/// <summary>A constant matrix packed once for <see cref="Gemm"/>; shared by all runs.</summary>
internal sealed unsafe class PackedWeights
{
    private readonly Tensor<float> _packed;

    private PackedWeights(Tensor<float> packed) => _packed = packed;

    public float* Pointer => (float*)_packed.Pointer;

    /// <summary>Packs [groups, rows, k] as the left operand of each group.</summary>
    public static PackedWeights AsRows(Tensor weight, int groups, int rows, int k)
    {
        using Tensor<float> source = (Tensor<float>)weight.To(ElementType.Float32);
        int length = Gemm.PackedRowsLength(rows, k);
        Tensor<float> packed = Tensor<float>.Create([checked(groups * length)]);
        float* from = (float*)source.Pointer, to = (float*)packed.Pointer;
        for (int g = 0; g < groups; g++)
        for (int panel = 0; panel < Gemm.RowPanels(rows); panel++)
            Gemm.PackRowPanel(from + (long)g * rows * k, rows, k, k, 1, panel * Gemm.Rows, to + (long)g * length + (long)panel * Gemm.Rows * k);
        GC.KeepAlive(source);
        return new(packed);
    }

    /// <summary>Packs the transpose of [columns, k] as the right operand.</summary>
    public static PackedWeights AsColumns(Tensor weight, int columns, int k)
    {
        using Tensor<float> source = (Tensor<float>)weight.To(ElementType.Float32);
        Tensor<float> packed = Tensor<float>.Create([Gemm.PackedColumnsLength(columns, k)]);
        float* from = (float*)source.Pointer, to = (float*)packed.Pointer;
        for (int panel = 0; panel < Gemm.ColumnPanels(columns); panel++)
            Gemm.PackColumnPanel(from, k, 1, k, panel * Gemm.Columns, Math.Min(Gemm.Columns, columns - panel * Gemm.Columns), to + (long)panel * Gemm.Columns * k);
        GC.KeepAlive(source);
        return new(packed);
    }
}
