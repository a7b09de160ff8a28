using System.Numerics.Tensors;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Arithmetic on two float tensors that broadcast: axes that step evenly are merged, and the innermost run goes to vectors.</summary>
internal sealed unsafe class BinaryKernel : CpuKernel
{
    private const int TaskElements = 1 << 14;

    private delegate void Vectors(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> z);
    private delegate void VectorAndScalar(ReadOnlySpan<float> x, float y, Span<float> z);

    private sealed record Functions(Vectors Both, VectorAndScalar Right, VectorAndScalar Left);

    private static readonly Dictionary<Operator, Functions> s_functions = new()
    {
        [Op.Add] = new(TensorPrimitives.Add, TensorPrimitives.Add, TensorPrimitives.Add),
        [Op.Sub] = new(TensorPrimitives.Subtract, TensorPrimitives.Subtract, static (x, y, z) => TensorPrimitives.Subtract(y, x, z)),
        [Op.Mul] = new(TensorPrimitives.Multiply, TensorPrimitives.Multiply, TensorPrimitives.Multiply),
        [Op.RealDiv] = new(TensorPrimitives.Divide, TensorPrimitives.Divide, static (x, y, z) => TensorPrimitives.Divide(y, x, z)),
        [Op.Maximum] = new(TensorPrimitives.Max, TensorPrimitives.Max, TensorPrimitives.Max),
        [Op.Minimum] = new(TensorPrimitives.Min, TensorPrimitives.Min, TensorPrimitives.Min),
    };

    private readonly string _name;
    private readonly Functions _functions;

    private BinaryKernel(Operator @operator) => (_name, _functions) = (@operator.Name, s_functions[@operator]);

    /// <summary>Operators that have such a kernel.</summary>
    public static IEnumerable<Operator> Operators => s_functions.Keys;

    public override string Name => _name;

    public static CpuKernel? Make(Node node) => node.Inputs[0]!.TensorType.ElementType.IsFloat ? new BinaryKernel(node.Operator) : null;

    public override void Run(NodeContext context)
    {
        Tensor left = context.Input(0), right = context.Input(1);
        if (!Shape.TryBroadcast(left.Shape, right.Shape, out Shape shape)) throw context.Error(1, right.ToString(), $"a tensor that broadcasts with {left}");
        Tensor z = context.Output(0, shape);
        if (z.ElementCount == 0) return;
        using Tensor x = left.BroadcastTo(shape), y = right.BroadcastTo(shape);
        (int[] sizes, long[] xSteps, long[] ySteps) = Merge(shape, x.Strides, y.Strides);
        int last = sizes.Length - 1, inner = sizes[last];
        long xStep = xSteps[last], yStep = ySteps[last];
        if (xStep is not (0 or 1) || yStep is not (0 or 1))
        {
            using Tensor xs = x.Contiguous(), ys = y.Contiguous();
            _functions.Both(Span(xs), Span(ys), System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(z.Bytes));
            return;
        }
        float* px = (float*)x.Pointer, py = (float*)y.Pointer, pz = (float*)z.Pointer;
        long rows = z.ElementCount / inner;
        // A task is a run of rows, or, where there are few, a part of each.
        int parts = rows == 1 ? (inner + TaskElements - 1) / TaskElements : 1, rowsPerTask = (int)Math.Max(1, TaskElements / inner);
        context.Workers.Run(checked((int)((rows + rowsPerTask - 1) / rowsPerTask) * parts), task =>
        {
            int part = task % parts, start = part * TaskElements, length = parts == 1 ? inner : Math.Min(TaskElements, inner - start);
            if (parts == 1) start = 0;
            long firstRow = (long)(task / parts) * rowsPerTask;
            for (long row = firstRow; row < Math.Min(rows, firstRow + rowsPerTask); row++)
            {
                long rest = row, a = 0, b = 0;
                for (int axis = last - 1; axis >= 0; axis--)
                {
                    long i = rest % sizes[axis];
                    rest /= sizes[axis];
                    a += i * xSteps[axis];
                    b += i * ySteps[axis];
                }
                // In bounds: a and b are offsets of whole rows of the checked views.
                Span<float> to = new(pz + row * inner + start, length);
                if (xStep == 1 && yStep == 1) _functions.Both(new(px + a + start, length), new(py + b + start, length), to);
                else if (xStep == 1) _functions.Right(new(px + a + start, length), py[b], to);
                else if (yStep == 1) _functions.Left(new(py + b + start, length), px[a], to);
                else
                {
                    _functions.Right(new(px + a, 1), py[b], to[..1]);
                    to.Fill(to[0]);
                }
            }
        }, context.Cancellation);
    }

    private static ReadOnlySpan<float> Span(Tensor tensor) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(tensor.AsBytes());

    private static (int[] Sizes, long[] X, long[] Y) Merge(Shape shape, ReadOnlySpan<long> x, ReadOnlySpan<long> y)
    {
        List<int> sizes = [];
        List<long> xs = [], ys = [];
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            int size = shape[axis];
            if (size == 1) continue;
            if (sizes.Count > 0 && xs[^1] == x[axis] * size && ys[^1] == y[axis] * size)
            {
                sizes[^1] *= size;
                xs[^1] = x[axis];
                ys[^1] = y[axis];
                continue;
            }
            sizes.Add(size);
            xs.Add(x[axis]);
            ys.Add(y[axis]);
        }
        return sizes.Count == 0 ? ([1], [1], [1]) : ([.. sizes], [.. xs], [.. ys]);
    }
}
