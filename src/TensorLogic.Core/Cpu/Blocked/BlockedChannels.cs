using TensorLogic.Cpu.Kernels;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Blocked;

/// <summary>Operators along the channels of blocked tensors: <c>batch_norm</c> with constants, and <c>concat</c> of whole blocks.</summary>
internal static unsafe class BlockedChannels
{
    public static void Register(Dictionary<Operator, Func<KernelRequest, bool[], BlockedOperation?>> operations)
    {
        operations.Add(Op.BatchNorm, FindBatchNorm);
        operations.Add(Op.Concat, FindConcat);
    }

    private static BlockedOperation? FindBatchNorm(KernelRequest request, bool[] blocked)
    {
        if (!blocked[0]) return null;
        for (int i = 1; i < request.Inputs.Length; i++)
            if (request.Inputs[i] is not null && request.Constants[i] is null) return null;
        return new([InputLayout.Blocked, .. Enumerable.Repeat(InputLayout.Plain, request.Inputs.Length - 1)], true, border =>
        {
            double[]?[] constants = [.. Enumerable.Range(1, 4).Select(i => i < request.Constants.Length && request.Constants[i] is { } constant ? TensorConversion.ReadDoubles(constant) : null)];
            (double[] scale, double[] shift) = NormalizationKernels.ScaleAndShift(constants[0]!, constants[1]!, constants[2], constants[3], request.As<Op.EpsilonAttributes>().Epsilon);
            float[] scales = Filled(scale), shifts = Filled(shift);
            return new CpuKernel("blocked vectors", context => ScaleAndShift(context, scales, shifts, border));
        });
    }

    private static float[] Filled(double[] channels)
    {
        var filled = new float[Planes.BlocksOf(channels.Length) * Planes.Lanes];
        for (int c = 0; c < channels.Length; c++) filled[c] = (float)channels[c];
        return filled;
    }

    private static void ScaleAndShift(KernelContext context, float[] scale, float[] shift, Border border)
    {
        Planes x = new(context.Input(0));
        Planes y = Planes.Output(context, x.Images, x.Blocks * Planes.Lanes, x.Height, x.Width, border);
        context.ForEach((long)x.Images * x.Blocks * x.Height, 5 + x.Width * 2.0, (start, end, _) =>
        {
            for (long item = start; item < end; item++)
            {
                int row = (int)(item % x.Height), plane = (int)(item / x.Height), image = plane / x.Blocks, block = plane % x.Blocks;
                ReadOnlySpan<float> scales = scale.AsSpan(block * Planes.Lanes, Planes.Lanes), shifts = shift.AsSpan(block * Planes.Lanes, Planes.Lanes);
                float* from = x.Plane(image, block) + row * x.RowStride, to = y.Plane(image, block) + row * y.RowStride;
                for (int column = 0; column < x.Width; column++, from += Planes.Lanes, to += Planes.Lanes)
                    System.Numerics.Tensors.TensorPrimitives.MultiplyAddEstimate(new ReadOnlySpan<float>(from, Planes.Lanes), scales, shifts, new Span<float>(to, Planes.Lanes));
            }
        });
    }

    // All but the last input fill their last block.
    private static BlockedOperation? FindConcat(KernelRequest request, bool[] blocked)
    {
        if (request.As<Op.ConcatAttributes>() is not { Interleave: false } a || a.Axis is not (1 or -3) || !Array.TrueForAll(blocked, is16 => is16)) return null;
        if (request.Inputs.SkipLast(1).Any(input => input?.Dimensions[1].Size is not { } channels || channels % Planes.Lanes != 0)) return null;
        return new([.. request.Inputs.Select(_ => InputLayout.Blocked)], true, border => new("blocked planes", context => Concatenate(context, border)));
    }

    private static void Concatenate(KernelContext context, Border border)
    {
        Planes first = new(context.Input(0));
        int blocks = 0;
        for (int i = 0; i < context.InputCount; i++)
        {
            Planes x = new(context.Input(i));
            if (x.Images != first.Images || x.Height != first.Height || x.Width != first.Width) throw context.Error(i, context.Input(i).ToString(), $"planes as in {context.Input(0)}");
            blocks += x.Blocks;
        }
        Planes y = Planes.Output(context, first.Images, blocks * Planes.Lanes, first.Height, first.Width, border);
        int offset = 0;
        for (int i = 0; i < context.InputCount; i++)
        {
            Planes x = new(context.Input(i));
            int at = offset;
            context.ForEach((long)x.Images * x.Blocks * x.Height, 5 + x.Width * 1.5, (start, end, _) =>
            {
                for (long item = start; item < end; item++)
                {
                    int row = (int)(item % x.Height), plane = (int)(item / x.Height), image = plane / x.Blocks, block = plane % x.Blocks;
                    new ReadOnlySpan<float>(x.Plane(image, block) + row * x.RowStride, x.Width * Planes.Lanes).CopyTo(new Span<float>(y.Plane(image, at + block) + row * y.RowStride, x.Width * Planes.Lanes));
                }
            });
            offset += x.Blocks;
        }
    }
}
