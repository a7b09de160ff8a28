using TensorLogic.Cpu.Kernels;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Blocked;

/// <summary><c>conv</c> where each output channel sees the input channel of the same number: 16 of them at a time.</summary>
internal sealed unsafe class BlockedDepthwise
{
    private readonly Op.ConvAttributes _attributes;
    private readonly BlockedEpilogue _epilogue;
    private readonly Border _border;
    private readonly int _channels, _kernelHeight, _kernelWidth;
    private readonly float[] _weights, _start;

    // weights: [C / 16, taps, 16]
    private BlockedDepthwise(KernelRequest request, Op.ConvAttributes attributes, Tensor weight, Bias? bias, BlockedEpilogue epilogue, Border border)
    {
        (_attributes, _epilogue, _border) = (attributes, epilogue, border);
        _channels = weight.Shape[0];
        (_kernelHeight, _kernelWidth) = (weight.Shape[2], weight.Shape[3]);
        int taps = _kernelHeight * _kernelWidth, blocks = Planes.BlocksOf(_channels);
        double[] elements = TensorConversion.ReadDoubles(weight);
        _weights = new float[blocks * taps * Planes.Lanes];
        for (int c = 0; c < _channels; c++)
            for (int tap = 0; tap < taps; tap++)
                _weights[(c / Planes.Lanes * taps + tap) * Planes.Lanes + c % Planes.Lanes] = (float)(elements[c * taps + tap] * (request.Fusion.Scale?[c] ?? 1));
        _start = new float[blocks * Planes.Lanes];
        bias?.Elements.CopyTo(_start, 0);
    }

    public static CpuKernel Create(KernelRequest request, Op.ConvAttributes attributes, Tensor weight, Bias? bias, BlockedEpilogue epilogue, Border border) =>
        new(request.Fusion.Name("blocked depthwise tiles"), new BlockedDepthwise(request, attributes, weight, bias, epilogue, border).Run);

    // x: [N, C / 16, H, W, 16] in a border of zeros   y: [N, C / 16, H', W', 16]
    private void Run(KernelContext context)
    {
        Planes x = new(context.Input(0));
        Window2D window = Window2D.Of(_attributes, _kernelHeight, _kernelWidth, x.Height, x.Width);
        Planes y = Planes.Output(context, x.Images, _channels, window.OutputHeight, window.OutputWidth, _border);
        if (x.Images == 0 || window.Outputs == 0) return;
        BlockedEpilogue.Bound epilogue = _epilogue.Bind(context, y);
        Run[] runs = new Run[_kernelHeight * _kernelWidth];
        for (int i = 0; i < _kernelHeight; i++)
            for (int j = 0; j < _kernelWidth; j++)
                runs[i * _kernelWidth + j] = new(i * window.DilationY * x.RowStride + j * window.DilationX * Planes.Lanes, 1);
        nint first = -window.Top * x.RowStride - window.Left * Planes.Lanes;
        int tiles = (y.Width + Tile.DepthwisePixels - 1) / Tile.DepthwisePixels, pixels = (y.Width + tiles - 1) / tiles;
        context.ForEach((long)y.Images * y.Blocks, window.Outputs * (runs.Length + 2) * 0.15, (start, end, _) =>
        {
            for (long plane = start; plane < end; plane++)
            {
                int image = (int)(plane / y.Blocks), block = (int)(plane % y.Blocks);
                float* input = x.Plane(image, block) + first;
                TileArguments t = new() { PixelStride = Planes.Lanes * window.StrideX, RunCount = runs.Length, OutputBlock = y.BlockStride };
                fixed (Run* list = runs)
                fixed (float* weights = &_weights[block * runs.Length * Planes.Lanes], bias = &_start[block * Planes.Lanes])
                {
                    t.Runs = list;
                    t.Weights = weights;
                    t.Start = bias;
                    for (int row = 0; row < y.Height; row++)
                        for (int column = 0; column < y.Width; column += pixels)
                        {
                            int count = Math.Min(pixels, y.Width - column);
                            t.X = input + row * window.StrideY * x.RowStride + column * t.PixelStride;
                            t.Y = y.Plane(image, block) + row * y.RowStride + column * Planes.Lanes;
                            epilogue.Into(&t, image, block, row, column);
                            Tile.ComputeDepthwise(&t, count);
                            epilogue.Finish(t.Y, t.OutputBlock, 1, count, image, block, row, column);
                        }
                }
            }
        });
    }
}
