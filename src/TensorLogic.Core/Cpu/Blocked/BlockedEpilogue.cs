using TensorLogic.Cpu.Kernels;

namespace TensorLogic.Cpu.Blocked;

/// <summary>What was fused into a convolution: in the tile's registers as far as it is a sum and a clamp, the rest on the rows just written.</summary>
internal sealed unsafe class BlockedEpilogue
{
    private readonly int _added = -1;
    private readonly List<(UnaryFunction? Function, int AddInput)> _rest = [];

    public BlockedEpilogue(Epilogue epilogue)
    {
        int i = 0;
        if (i < epilogue.Steps.Count && epilogue.Steps[i].Function is null) _added = epilogue.Steps[i++].AddInput;
        if (i < epilogue.Steps.Count && epilogue.Steps[i].Function?.Bounds is { } bounds)
        {
            (Low, High) = bounds;
            Clamps = true;
            i++;
        }
        for (; i < epilogue.Steps.Count; i++) _rest.Add(epilogue.Steps[i]);
    }

    public bool Clamps { get; }

    public float Low { get; }

    public float High { get; }

    /// <summary>The epilogue over the tensors of a run.</summary>
    /// <exception cref="ShapeException">A tensor to add has other sizes.</exception>
    public Bound Bind(KernelContext context, in Planes output)
    {
        Bound bound = new(this, _added < 0 ? null : Read(context, _added, output), [.. _rest.Select(_ => default(Planes))]);
        for (int i = 0; i < _rest.Count; i++)
            if (_rest[i].Function is null) bound.Rest[i] = Read(context, _rest[i].AddInput, output);
        return bound;
    }

    private static Planes Read(KernelContext context, int input, in Planes output)
    {
        Planes planes = new(context.Input(input));
        if (!planes.HasSizesOf(output)) throw context.Error(input, context.Input(input).ToString(), $"[{output.Images}, {output.Blocks} blocks, {output.Height}, {output.Width}]");
        return planes;
    }

    /// <summary>An epilogue with its tensors.</summary>
    internal sealed class Bound(BlockedEpilogue epilogue, Planes? added, Planes[] rest)
    {
        public Planes[] Rest => rest;

        /// <summary>From the row of what is added to the next.</summary>
        public nint AddedRowStride => added?.RowStride ?? 0;

        /// <summary>True if rows can be run together: whatever is added has no border between them either.</summary>
        public bool HasDenseRows => (added?.HasDenseRows ?? true) && Array.TrueForAll(rest, planes => planes.Pointer is null || planes.HasDenseRows);

        /// <summary>Sets what a tile does before it stores.</summary>
        public void Into(TileArguments* t, int image, int block, int row, int column)
        {
            t->Added = added is { } planes ? At(planes, image, block, row, column) : null;
            t->AddedBlock = added?.BlockStride ?? 0;
            (t->Clamps, t->Low, t->High) = (epilogue.Clamps, epilogue.Low, epilogue.High);
        }

        /// <summary>Does the rest to some pixels just stored.</summary>
        public void Finish(float* y, nint outputBlock, int blocks, int pixels, int image, int block, int row, int column)
        {
            for (int i = 0; i < rest.Length; i++)
                for (int b = 0; b < blocks; b++)
                    if (epilogue._rest[i].Function is { } function) function.Apply(y + b * outputBlock, y + b * outputBlock, (long)pixels * Planes.Lanes);
                    else AddTo(y + b * outputBlock, At(rest[i], image, block + b, row, column), pixels * Planes.Lanes);
        }

        private static float* At(in Planes planes, int image, int block, int row, int column) =>
            planes.Plane(image, block) + row * planes.RowStride + column * Planes.Lanes;

        private static void AddTo(float* y, float* x, int count) =>
            System.Numerics.Tensors.TensorPrimitives.Add(new ReadOnlySpan<float>(y, count), new ReadOnlySpan<float>(x, count), new Span<float>(y, count));
    }
}
