using System.Numerics.Tensors;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary><c>scaled_dot_product_attention</c> of f32: each row of scores is made, normalised and used while it is in the cache.</summary>
internal static unsafe class AttentionKernel
{
    public static void Register(Dictionary<Operator, Func<KernelRequest, CpuKernel?>> kernels) =>
        // A mask of truth values is left to the reference kernel.
        kernels.Add(Op.ScaledDotProductAttention, request => request.IsFloat32 && request.Fusion.IsEmpty ? new CpuKernel("rows of scores", Run) : null);

    private static void Run(KernelContext context)
    {
        using Tensor query = context.Dense(0), key = context.Dense(1), value = context.Dense(2);
        Shape q = query.Shape, k = key.Shape, v = value.Shape;
        int length = q[-2], embedding = q[-1], sources = k[-2], width = v[-1];
        if (k[-1] != embedding || !k.Sizes[..^2].SequenceEqual(q.Sizes[..^2])) throw context.Error(1, k.ToString(), $"the leading axes and embedding of {q}");
        if (v[-2] != sources || !v.Sizes[..^2].SequenceEqual(q.Sizes[..^2])) throw context.Error(2, v.ToString(), $"the leading axes and length of {k}");
        Tensor y = context.Output(0, Shape.Create([.. q.Sizes[..^1], width]));
        if (y.ElementCount == 0) return;
        if (sources == 0)
        {
            y.Bytes.Clear();
            return;
        }
        Shape scoreShape = Shape.Create([.. q.Sizes[..^1], sources]);
        using Tensor? mask = Mask(context, scoreShape);
        long[] maskRows = mask is null ? [] : mask.Strides.ToArray();
        using Tensor scratch = context.Pool.Rent(ElementType.Float32, Shape.Create(context.Workers.Count, sources));
        float* pq = (float*)query.Pointer, pk = (float*)key.Pointer, pv = (float*)value.Pointer, py = (float*)y.Pointer, ps = (float*)scratch.Pointer;
        float* pm = mask is null ? null : (float*)mask.Pointer;
        float scale = (float)(1 / Math.Sqrt(embedding));
        // In bounds: rows and batches count through the shapes that were compared above; scratch has a row for each worker.
        context.ForEach(y.ElementCount / width, (embedding + width + 10.0) * sources * 0.1, (start, end, worker) =>
        {
            Span<float> scores = new(ps + (long)worker * sources, sources);
            for (long row = start; row < end; row++)
            {
                long batch = row / length;
                ReadOnlySpan<float> asked = new(pq + row * embedding, embedding);
                for (int s = 0; s < sources; s++) scores[s] = embedding == 0 ? 0 : TensorPrimitives.Dot(asked, new ReadOnlySpan<float>(pk + (batch * sources + s) * embedding, embedding)) * scale;
                if (pm is not null)
                {
                    float* m = pm + Offset(scoreShape, maskRows, row);
                    for (int s = 0; s < sources; s++) scores[s] += m[s * maskRows[^1]];
                }
                TensorPrimitives.Subtract(scores, TensorPrimitives.Max<float>(scores), scores);
                TensorPrimitives.Exp(scores, scores);
                float sum = TensorPrimitives.Sum<float>(scores);
                Span<float> to = new(py + row * width, width);
                to.Clear();
                for (int s = 0; s < sources; s++) TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>(pv + (batch * sources + s) * width, width), scores[s] / sum, to, to);
            }
        });
    }

    private static Tensor? Mask(KernelContext context, Shape scores)
    {
        if (!context.Has(3)) return null;
        if (!Shape.TryBroadcast(context.Input(3).Shape, scores, out Shape both) || both != scores) throw context.Error(3, context.Input(3).ToString(), $"a tensor that broadcasts to {scores}");
        return context.Input(3).BroadcastTo(scores);
    }

    private static long Offset(Shape shape, long[] strides, long row)
    {
        long offset = 0;
        for (int axis = shape.Rank - 2; axis >= 0; axis--)
        {
            offset += row % shape.Sizes[axis] * strides[axis];
            row /= shape.Sizes[axis];
        }
        return offset;
    }
}
