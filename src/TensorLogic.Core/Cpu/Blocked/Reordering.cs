namespace TensorLogic.Cpu.Blocked;

/// <summary>Changes between plain tensors [N, C, H, W] of f32 and blocked ones.</summary>
internal static unsafe class Reordering
{
    /// <summary>Makes a plain tensor blocked.</summary>
    public static CpuKernel ToBlocked(Border border) => new("to blocks", context => Block(context, border));

    /// <summary>Makes a blocked tensor plain.</summary>
    /// <param name="channels">Its channels.</param>
    public static CpuKernel ToPlain(int channels) => new("from blocks", context => Unblock(context, channels));

    private static void Block(KernelContext context, Border border)
    {
        using Tensor x = context.Dense(0);
        int channels = x.Shape[1], height = x.Shape[2], width = x.Shape[3];
        Planes y = Planes.Output(context, x.Shape[0], channels, height, width, border);
        float* from = (float*)x.Pointer;
        long plane = (long)height * width;
        context.ForEach((long)y.Images * y.Blocks * height, width * Planes.Lanes * 0.5, (start, end, _) =>
        {
            for (long item = start; item < end; item++)
            {
                int row = (int)(item % height), block = (int)(item / height % y.Blocks), image = (int)(item / height / y.Blocks), count = Math.Min(Planes.Lanes, channels - block * Planes.Lanes);
                float* source = from + ((long)image * channels + block * Planes.Lanes) * plane + (long)row * width, target = y.Plane(image, block) + row * y.RowStride;
                // In bounds: count channels of the block exist; the others are set to 0.
                for (int column = 0; column < width; column++, source++, target += Planes.Lanes)
                {
                    for (int c = 0; c < count; c++) target[c] = source[c * plane];
                    for (int c = count; c < Planes.Lanes; c++) target[c] = 0;
                }
            }
        });
    }

    private static void Unblock(KernelContext context, int channels)
    {
        Planes x = new(context.Input(0));
        Tensor y = context.Output(0, Shape.Create(x.Images, channels, x.Height, x.Width));
        float* to = (float*)y.Pointer;
        long plane = (long)x.Height * x.Width;
        context.ForEach((long)x.Images * x.Blocks * x.Height, x.Width * Planes.Lanes * 0.5, (start, end, _) =>
        {
            for (long item = start; item < end; item++)
            {
                int row = (int)(item % x.Height), block = (int)(item / x.Height % x.Blocks), image = (int)(item / x.Height / x.Blocks), count = Math.Min(Planes.Lanes, channels - block * Planes.Lanes);
                float* source = x.Plane(image, block) + row * x.RowStride, target = to + ((long)image * channels + block * Planes.Lanes) * plane + (long)row * x.Width;
                // In bounds: count channels of the block exist.
                for (int column = 0; column < x.Width; column++, source += Planes.Lanes, target++)
                    for (int c = 0; c < count; c++) target[c * plane] = source[c];
            }
        });
    }
}
