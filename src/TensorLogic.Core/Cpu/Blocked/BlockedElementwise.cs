using TensorLogic.Cpu.Kernels;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Blocked;

/// <summary>Element-by-element operators on blocked tensors: of one, of two of the same sizes, of one and a number for each channel.</summary>
internal static unsafe class BlockedElementwise
{
    public static void Register(Dictionary<Operator, Func<KernelRequest, bool[], BlockedOperation?>> operations)
    {
        foreach (Operator unary in UnaryKernels.Operators)
            operations.Add(unary, (request, blocked) => blocked[0] && UnaryKernels.Find(request.Operator, request.Attributes) is { } function
                ? new([InputLayout.Blocked], true, border => new("blocked vectors", context => Run(context, function, border)))
                : null);
        foreach (Operator binary in BinaryKernels.Operators) operations.Add(binary, FindBinary);
    }

    private static BlockedOperation? FindBinary(KernelRequest request, bool[] blocked)
    {
        TensorType x = request.Inputs[0]!, y = request.Inputs[1]!;
        if (!blocked[0] && !blocked[1] || !Fits(x) || !Fits(y)) return null;
        BinaryKernels.Loop loop = BinaryKernels.LoopOf(request.Operator);
        return new([InputLayout.Blocked, InputLayout.Blocked], true, border => new("blocked vectors", context => Run(context, loop, border)));

        // The whole output, or one pixel for all of each plane.
        bool Fits(TensorType type) => type.Rank == 4 && type.Dimensions[1] == request.Outputs[0]!.Dimensions[1] && (type.Dimensions.SequenceEqual(request.Outputs[0]!.Dimensions)
            && type.Dimensions.All(size => size != Dimension.Unknown) || type.Dimensions[2].Size == 1 && type.Dimensions[3].Size == 1 && type.Dimensions[0] == request.Outputs[0]!.Dimensions[0]);
    }

    private static void Run(KernelContext context, UnaryFunction function, Border border)
    {
        Planes x = new(context.Input(0));
        Planes y = Planes.Output(context, x.Images, x.Blocks * Planes.Lanes, x.Height, x.Width, border);
        bool dense = x.HasDenseRows && y.HasDenseRows;
        int rows = dense ? 1 : x.Height, elements = Planes.Lanes * (dense ? x.Height * x.Width : x.Width);
        context.ForEach((long)x.Images * x.Blocks * rows, 5 + elements * function.Cost, (start, end, _) =>
        {
            for (long item = start; item < end; item++)
            {
                int row = (int)(item % rows), plane = (int)(item / rows), image = plane / x.Blocks, block = plane % x.Blocks;
                function.Apply(x.Plane(image, block) + row * x.RowStride, y.Plane(image, block) + row * y.RowStride, elements);
            }
        });
    }

    private static void Run(KernelContext context, BinaryKernels.Loop loop, Border border)
    {
        Planes x = new(context.Input(0)), y = new(context.Input(1));
        Planes larger = x.Height * x.Width >= y.Height * y.Width ? x : y;
        Planes z = Planes.Output(context, larger.Images, larger.Blocks * Planes.Lanes, larger.Height, larger.Width, border);
        bool single = z.Height == 1 && z.Width == 1, xRepeats = !single && x.Height * x.Width == 1, yRepeats = !single && y.Height * y.Width == 1;
        if (!xRepeats && !x.HasSizesOf(z) || xRepeats && x.Blocks != z.Blocks) throw context.Error(0, context.Input(0).ToString(), context.Input(1).ToString());
        if (!yRepeats && !y.HasSizesOf(z) || yRepeats && y.Blocks != z.Blocks) throw context.Error(1, context.Input(1).ToString(), context.Input(0).ToString());
        bool dense = (xRepeats || x.HasDenseRows) && (yRepeats || y.HasDenseRows) && z.HasDenseRows;
        int rows = dense ? 1 : z.Height, pixels = dense ? z.Height * z.Width : z.Width;
        context.ForEach((long)z.Images * z.Blocks * rows, 5 + pixels * Planes.Lanes * 0.15, (start, end, _) =>
        {
            for (long item = start; item < end; item++)
            {
                int row = (int)(item % rows), plane = (int)(item / rows), image = plane / z.Blocks, block = plane % z.Blocks;
                float* a = x.Plane(image, block) + (xRepeats ? 0 : row * x.RowStride), b = y.Plane(image, block) + (yRepeats ? 0 : row * y.RowStride), c = z.Plane(image, block) + row * z.RowStride;
                if (xRepeats || yRepeats) Repeat(loop, a, xRepeats, b, yRepeats, c, pixels);
                else loop(a, 1, b, 1, c, (long)pixels * Planes.Lanes);
            }
        });
    }

    // A pixel is repeated on the stack, so that the loop sees two runs of the same length.
    private static void Repeat(BinaryKernels.Loop loop, float* x, bool xRepeats, float* y, bool yRepeats, float* z, int pixels)
    {
        const int most = 16;
        float* first = stackalloc float[most * Planes.Lanes], second = stackalloc float[most * Planes.Lanes];
        Fill(x, xRepeats, first, pixels);
        Fill(y, yRepeats, second, pixels);
        for (int pixel = 0; pixel < pixels; pixel += most)
        {
            nint at = (nint)pixel * Planes.Lanes;
            loop(xRepeats ? first : x + at, 1, yRepeats ? second : y + at, 1, z + at, (long)Math.Min(most, pixels - pixel) * Planes.Lanes);
        }

        static void Fill(float* from, bool repeats, float* to, int pixels)
        {
            for (int i = 0; repeats && i < Math.Min(most, pixels); i++) new ReadOnlySpan<float>(from, Planes.Lanes).CopyTo(new Span<float>(to + i * Planes.Lanes, Planes.Lanes));
        }
    }
}
