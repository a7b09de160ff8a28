namespace TensorLogic.Operators;

/// <summary>Selection by index tensors. Sources: MIL <c>gather</c> (iOS15 to iOS17).</summary>
internal static partial class Op
{
    /// <summary>Negative indices count from the end unless <paramref name="ValidateIndices"/> forbids them.</summary>
    public sealed record GatherAttributes(int Axis = 0, int BatchDims = 0, bool ValidateIndices = false) : OperatorAttributes;

    /// <summary>Slices of x along an axis: shape x[:axis] + indices[batch_dims:] + x[axis + 1:].</summary>
    public static readonly Operator<GatherAttributes> Gather = new("gather")
    {
        DifferentiateWith = static (g, a) =>
        {
            if (a.BatchDims != 0) throw new UnsupportedOperatorException("gather", "its gradient exists without batch axes only");
            g.Set(0, g.Run(Scatter, new ScatterAttributes(a.Axis), g.ZerosOf(g.X.Shape), g.Input(1), g.Upstream));
        },
        Inputs = [new("x", ElementTypes.Any), new("indices", ElementTypes.Integers)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0), indices = context.Input(1);
            int axis = Inference.Axis(context, 0, a.Axis, x.Rank);
            int batch = a.BatchDims < 0 ? a.BatchDims + indices.Rank : a.BatchDims;
            context.Require(batch >= 0 && batch <= indices.Rank && batch <= axis, 1, $"at least {a.BatchDims} batch axes, as many as stand before axis {axis}");
            for (int k = 0; k < batch; k++)
                context.Require(Inference.MayEqual(x.Dimensions[k], indices.Dimensions[k]), 1, $"size {x.Dimensions[k]} along batch axis {k}");
            context.Require(x.Rank - 1 + indices.Rank - batch <= Shape.MaxRank, 1, $"a result with at most {Shape.MaxRank} axes");
            Inference.CheckIndices(context, 1, [x.Dimensions[axis]], a.ValidateIndices);
            return Inference.One(x.ElementType, [.. x.Dimensions[..axis], .. indices.Dimensions[batch..], .. x.Dimensions[(axis + 1)..]]);
        },
        EvaluateWith = static (context, a) =>
        {
            Shape indexShape = context.Input(1).Shape;
            using Tensor x = context.Input(0).Contiguous();
            int axis = x.Shape.Axis(a.Axis), batch = a.BatchDims < 0 ? a.BatchDims + indexShape.Rank : a.BatchDims;
            long[] indices = context.Longs(1);
            int size = x.Shape[axis];
            for (int i = 0; i < indices.Length; i++)
            {
                long index = indices[i] < 0 && !a.ValidateIndices ? indices[i] + size : indices[i];
                if ((ulong)index >= (ulong)size) throw context.Error(1, $"index {indices[i]}", $"indices into the {size} elements of axis {axis}");
                indices[i] = index;
            }
            Tensor y = Tensor.Create(x.ElementType, Shape.Create([.. x.Shape.Sizes[..axis], .. indexShape.Sizes[batch..], .. x.Shape.Sizes[(axis + 1)..]]));
            Blocks(x, y, indices, axis, batch);
            context.SetOutput(0, y);
        },
    };

    // x: [batches, outer, size, inner]   indices: [batches, picked]   y: [batches, outer, picked, inner]
    private static unsafe void Blocks(Tensor x, Tensor y, long[] indices, int axis, int batch)
    {
        long batches = 1, outer = 1, inner = 1;
        for (int k = 0; k < batch; k++) batches *= x.Shape[k];
        for (int k = batch; k < axis; k++) outer *= x.Shape[k];
        for (int k = axis + 1; k < x.Rank; k++) inner *= x.Shape[k];
        if (y.ElementCount == 0) return;
        long picked = indices.Length / batches, size = x.Shape[axis], bytes = x.ElementType.ByteCount(inner);
        byte* to = y.Pointer;
        for (long b = 0; b < batches; b++)
        for (long o = 0; o < outer; o++)
        for (long p = 0; p < picked; p++, to += bytes)
        {
            // In bounds: every index is below size, and y has exactly batches · outer · picked blocks.
            Buffer.MemoryCopy(x.Pointer + ((b * outer + o) * size + indices[b * picked + p]) * bytes, to, bytes, bytes);
        }
        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }
}
