using TensorLogic.Cpu.Kernels;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Blocked;

/// <summary><c>conv</c> over two spatial axes: tiles of pixels and blocks of output channels, straight from the input's blocks.</summary>
/// <remarks>The input is blocked, or, if it has few channels as pictures have, plain: then a run of inputs is a row of the window.</remarks>
internal sealed unsafe class BlockedConvolution
{
    private const int LeastOutputs = 12, MostPlainChannels = 8;
    private const double PieceFlops = 1e6;

    private readonly Op.ConvAttributes _attributes;
    private readonly BlockedWeights _weights;
    private readonly BlockedEpilogue _epilogue;
    private readonly Border _border;
    private readonly bool _plain;

    private BlockedConvolution(Op.ConvAttributes attributes, BlockedWeights weights, BlockedEpilogue epilogue, Border border, bool plain) =>
        (_attributes, _weights, _epilogue, _border, _plain) = (attributes, weights, epilogue, border, plain);

    public static void Register(Dictionary<Operator, Func<KernelRequest, bool[], BlockedOperation?>> operations) => operations.Add(Op.Conv, Find);

    private static BlockedOperation? Find(KernelRequest request, bool[] blocked)
    {
        var a = request.As<Op.ConvAttributes>();
        bool hasBias = request.Inputs.Length > 2 && request.Inputs[2] is not null;
        if (request.Constants[1] is not { } weight || hasBias && request.Constants[2] is null || !BlockedOperations.IsPlanar(request.Inputs[0])) return null;
        int outputs = weight.Shape[0], channels = request.Inputs[0]!.Dimensions[1].Size!.Value;
        Border border = Border.Of([.. weight.Shape.Sizes[2..]], a.Strides, a.PadType, a.Pad, a.Dilations);
        if (!border.IsNarrow || outputs < LeastOutputs || weight.ElementCount == 0) return null;
        bool depthwise = weight.Shape[1] == 1 && a.Groups == channels && outputs == channels && channels > 1;
        bool aligned = a.Groups == 1 || outputs / a.Groups % Planes.Lanes == 0 && weight.Shape[1] % Planes.Lanes == 0;
        if (!depthwise && !aligned) return null;
        // Blocks of few channels are mostly filling.
        bool plain = !depthwise && a.Groups == 1 && channels <= MostPlainChannels && !blocked[0];
        if (channels < LeastOutputs && !plain) return null;
        WinogradTransform? winograd = plain || depthwise ? null : BlockedWinograd.Best(a, weight, request.Inputs[0]!);
        if (winograd is not null) border = BlockedWinograd.BorderOf(a, winograd, request.Inputs[0]!);
        InputLayout[] inputs = [plain ? InputLayout.Plain : new(true, border), .. Enumerable.Repeat(InputLayout.Plain, request.Inputs.Length - 1)];
        return new(inputs, true, output =>
        {
            Bias? bias = Bias.Create(request, hasBias ? 2 : -1, outputs);
            BlockedEpilogue epilogue = new(request.Fusion.Epilogue);
            if (depthwise) return BlockedDepthwise.Create(request, a, weight, bias, epilogue, output);
            BlockedWeights weights = plain ? BlockedWeights.ForRows(weight, bias?.Elements, request.Fusion.Scale) : BlockedWeights.ForBlocks(weight, a.Groups, bias?.Elements, request.Fusion.Scale, isTransient: winograd is not null);
            if (winograd is not null)
            {
                BlockedWinograd convolution = BlockedWinograd.Create(a, winograd, weights, channels, epilogue, output);
                return new CpuKernel(request.Fusion.Name($"blocked tiles of {winograd.Outputs} by {winograd.Outputs}, transformed"), convolution.Run, convolution);
            }
            return new CpuKernel(request.Fusion.Name(plain ? "blocked tiles of plain rows" : "blocked tiles"), new BlockedConvolution(a, weights, epilogue, output, plain).Run, weights);
        });
    }

    private void Run(KernelContext context)
    {
        if (_plain) RunPlain(context);
        else RunBlocked(context);
    }

    // x: [N, C / 16, H, W, 16] in a border of zeros   weights: [O / 16, C · taps, 16]   y: [N, O / 16, H', W', 16]
    private void RunBlocked(KernelContext context)
    {
        Planes x = new(context.Input(0));
        Window2D window = Window2D.Of(_attributes, _weights.KernelHeight, _weights.KernelWidth, x.Height, x.Width);
        Planes y = Planes.Output(context, x.Images, _weights.Outputs, window.OutputHeight, window.OutputWidth, _border);
        if (x.Images == 0 || window.Outputs == 0) return;
        Run[] runs = _weights.RunsOverBlocks(x, window);
        nint first = -window.Top * x.RowStride - window.Left * Planes.Lanes;
        Sums sums = new(context, this, y, runs) { RowStride = x.RowStride * window.StrideY, PixelStride = Planes.Lanes * window.StrideX, GroupStride = x.BlockStride * _weights.BlocksPerGroup };
        // Pixels of a layer without window and border are one long row.
        bool flat = window.IsPointwise && x.HasDenseRows && y.HasDenseRows && sums.Epilogue.HasDenseRows;
        sums.Compute(image => (nint)(x.Plane(image, 0) + first), flat ? 1 : y.Height, flat ? y.Height * y.Width : y.Width);
    }

    private void RunPlain(KernelContext context)
    {
        using Tensor x = context.Dense(0);
        int channels = x.Shape[1], height = x.Shape[2], width = x.Shape[3];
        Window2D window = Window2D.Of(_attributes, _weights.KernelHeight, _weights.KernelWidth, height, width);
        Planes y = Planes.Output(context, x.Shape[0], _weights.Outputs, window.OutputHeight, window.OutputWidth, _border);
        if (x.Shape[0] == 0 || window.Outputs == 0) return;
        int rows = window.ReachY, rowElements = window.ReachX;
        using Tensor padded = context.Pool.Rent(ElementType.Float32, Shape.Create(x.Shape[0], channels, rows, rowElements));
        float* from = (float*)x.Pointer, to = (float*)padded.Pointer;
        context.ForEach((long)x.Shape[0] * channels * rows, rowElements * 0.3, (start, end, _) =>
        {
            for (long item = start; item < end; item++)
            {
                int sourceRow = (int)(item % rows) - window.Top;
                Span<float> row = new(to + item * rowElements, rowElements);
                row.Clear();
                int count = Math.Min(width, rowElements - window.Left);
                // In bounds: the row exists, and as many of its elements as the padded row has room for.
                if ((uint)sourceRow < (uint)height && count > 0) new ReadOnlySpan<float>(from + (item / rows * height + sourceRow) * width, count).CopyTo(row[window.Left..]);
            }
        });
        Run[] runs = _weights.RunsOverRows(rows, rowElements, window);
        Sums sums = new(context, this, y, runs) { RowStride = (nint)rowElements * window.StrideY, PixelStride = window.StrideX };
        sums.Compute(image => (nint)(to + (long)image * channels * rows * rowElements), y.Height, y.Width);
    }

    /// <summary>The tiles of one run.</summary>
    private sealed class Sums(KernelContext context, BlockedConvolution convolution, Planes y, Run[] runs)
    {
        public BlockedEpilogue.Bound Epilogue { get; } = convolution._epilogue.Bind(context, y);

        /// <summary>From the inputs of a row of outputs to those of the next.</summary>
        public nint RowStride { get; init; }

        public nint PixelStride { get; init; }

        /// <summary>From the inputs of a group to those of the next.</summary>
        public nint GroupStride { get; init; }

        public void Compute(Func<int, nint> origin, int rows, int rowPixels)
        {
            BlockedWeights weights = convolution._weights;
            // Blocks of outputs that one tile computes; the last tile of a group may be narrower.
            int groupBlocks = weights.OutputBlocksPerGroup, tileBlocks = Tile.Best(groupBlocks, rowPixels).Blocks;
            int tilesPerGroup = (groupBlocks + tileBlocks - 1) / tileBlocks, columns = tilesPerGroup * weights.Groups;
            double flops = 2.0 * weights.Inputs * Planes.Lanes * tileBlocks * rows * rowPixels;
            int tile = Tile.Best(tileBlocks, rowPixels).Pixels;
            (int cuts, int units) = rows > 1 ? (rows, 1) : ((rowPixels + tile - 1) / tile, tile);
            int parts = (int)Math.Clamp(flops / PieceFlops, 1, cuts);
            int pieces = checked(y.Images * columns * parts);
            context.Workers.Run(pieces, (piece, _) =>
            {
                int part = piece % parts, column = piece / parts % columns, image = piece / parts / columns;
                int group = column / tilesPerGroup, block = column % tilesPerGroup * tileBlocks;
                int from = (int)((long)cuts * part / parts), end = (int)((long)cuts * (part + 1) / parts);
                float* x = (float*)origin(image) + group * GroupStride;
                if (rows > 1) Rows(x, image, group, block, Math.Min(tileBlocks, groupBlocks - block), from, end, 0, rowPixels);
                else Rows(x, image, group, block, Math.Min(tileBlocks, groupBlocks - block), 0, 1, from * units, Math.Min(rowPixels, end * units));
            }, context.Cancellation);
        }

        // The pixels [from, end) of some rows and some blocks of outputs.
        private void Rows(float* x, int image, int group, int block, int blocks, int firstRow, int endRow, int from, int end)
        {
            BlockedWeights weights = convolution._weights;
            while (blocks > 0)
            {
                (int some, int pixels) = Tile.Best(blocks, end - from);
                int index = group * weights.OutputBlocksPerGroup + block;
                TileArguments t = new() { PixelStride = PixelStride, RunCount = runs.Length, Weights = weights.Block(index), WeightBlock = weights.BlockStride, OutputBlock = y.BlockStride };
                fixed (Run* list = runs)
                fixed (float* start = &weights.Start[index * Planes.Lanes])
                {
                    t.Runs = list;
                    t.Start = start;
                    // The first tile fetches the weights of the next blocks while it reads its own.
                    t.Ahead = index + 2 * some <= weights.Blocks ? some * weights.BlockStride : 0;
                    for (int row = firstRow; row < endRow; row++)
                        for (int column = from; column < end; column += pixels)
                        {
                            int count = Math.Min(pixels, end - column);
                            t.X = x + row * RowStride + column * PixelStride;
                            t.Y = y.Plane(image, index) + row * y.RowStride + column * Planes.Lanes;
                            Epilogue.Into(&t, image, index, row, column);
                            Tile.Compute(&t, some, count);
                            t.Ahead = 0;
                            Epilogue.Finish(t.Y, t.OutputBlock, some, count, image, index, row, column);
                        }
                }
                block += some;
                blocks -= some;
            }
        }
    }
}
