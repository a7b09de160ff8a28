using TensorLogic.Operators;

namespace TensorLogic.Cpu.Blocked;

/// <summary><c>conv</c> of 3 by 3 with stride 1 by fewer products: tiles of inputs and filters are transformed, multiplied point by point over the
/// channels, and transformed back.</summary>
internal sealed unsafe class BlockedWinograd : IDisposable
{
    private const int Lanes = Planes.Lanes, Taps = 9;

    // Transformed tiles of a chunk, inputs and products, should stay in the caches next to the cores.
    private const long ChunkBytes = 2 << 20;

    // About what a core does in one of its cycles, and what transforming 16 channels of a tile takes.
    private const double ProductsPerCycle = 32, BytesPerCycle = 10, CyclesPerPoint = 2.5;
    private const long CachedBytes = 1 << 20;

    private static readonly float[] s_zeros = new float[4 * Lanes];

    private readonly Op.ConvAttributes _attributes;
    private readonly WinogradTransform _transform;
    private readonly BlockedEpilogue _epilogue;
    private readonly Border _border;
    private readonly WeightMemory _weights;
    private readonly float[] _start;
    private readonly int _channels, _outputs;

    private BlockedWinograd(Op.ConvAttributes attributes, WinogradTransform transform, BlockedWeights direct, int channels, BlockedEpilogue epilogue, Border border)
    {
        (_attributes, _transform, _channels, _outputs, _start, _epilogue, _border) = (attributes, transform, channels, direct.Outputs, direct.Start, epilogue, border);
        int blocks = Planes.BlocksOf(_outputs), points = transform.Points * transform.Points;
        _weights = WeightMemory.Rent(checked((long)points * blocks * channels * Lanes * sizeof(float)));
        float* taps = stackalloc float[Taps * Lanes];
        for (int block = 0; block < blocks; block++)
            for (int c = 0; c < channels; c++)
            {
                // A block of channels comes tap by tap; its last one may be narrower.
                int first = c / Lanes * Lanes, width = Math.Min(Lanes, channels - first);
                float* kernel = direct.Block(block) + (first * Taps + (c - first)) * Lanes;
                for (int tap = 0; tap < Taps; tap++) new ReadOnlySpan<float>(kernel + tap * width * Lanes, Lanes).CopyTo(new Span<float>(taps + tap * Lanes, Lanes));
                transform.Taps(taps, Weights(0, block) + c * Lanes, PointStride(blocks));
            }
    }

    /// <summary>The scheme that is faster than direct sums, or null.</summary>
    /// <param name="attributes">Of the convolution.</param>
    /// <param name="weight">[O, C, kh, kw].</param>
    /// <param name="input">[N, C, H, W].</param>
    public static WinogradTransform? Best(Op.ConvAttributes attributes, Tensor weight, TensorType input)
    {
        if (weight.Shape[2] != 3 || weight.Shape[3] != 3 || attributes.Groups != 1 || attributes.Strides.Any(stride => stride != 1) || attributes.Dilations.Any(dilation => dilation != 1)) return null;
        if (input.Dimensions[2].Size is not int height || input.Dimensions[3].Size is not int width) return null;
        Window2D window = Window2D.Of(attributes, 3, 3, height, width);
        if (window.Outputs == 0) return null;
        double direct = Products(Taps, window.Outputs), two = Cycles(WinogradTransform.Two), four = Cycles(WinogradTransform.Four);
        if (Math.Min(two, four) >= direct) return null;
        return four < two ? WinogradTransform.Four : WinogradTransform.Two;

        double Products(int each, double places)
        {
            double pairs = (double)weight.Shape[0] * weight.Shape[1], bytes = each * pairs * sizeof(float);
            return Math.Max(each * places * pairs / ProductsPerCycle, bytes > CachedBytes ? bytes / BytesPerCycle : 0);
        }

        double Cycles(WinogradTransform transform)
        {
            double tiles = (double)TilesOf(window.OutputHeight, transform) * TilesOf(window.OutputWidth, transform);
            int points = transform.Points * transform.Points;
            return Products(points, tiles) + tiles * points * CyclesPerPoint * (Planes.BlocksOf(weight.Shape[0]) + Planes.BlocksOf(weight.Shape[1]));
        }
    }

    /// <summary>Zeros that tiles need around planes of a known size.</summary>
    public static Border BorderOf(Op.ConvAttributes attributes, WinogradTransform transform, TensorType input)
    {
        int height = input.Dimensions[2].Size!.Value, width = input.Dimensions[3].Size!.Value;
        Window2D window = Window2D.Of(attributes, 3, 3, height, width);
        int reachY = TilesOf(window.OutputHeight, transform) * transform.Outputs + 2, reachX = TilesOf(window.OutputWidth, transform) * transform.Outputs + 2;
        return new(window.Top, window.Left, Math.Max(0, reachY - window.Top - height), Math.Max(0, reachX - window.Left - width));
    }

    public static BlockedWinograd Create(Op.ConvAttributes attributes, WinogradTransform transform, BlockedWeights direct, int channels, BlockedEpilogue epilogue, Border border)
    {
        using (direct) return new(attributes, transform, direct, channels, epilogue, border);
    }

    public void Dispose() => _weights.Dispose();

    private static int TilesOf(int outputs, WinogradTransform transform) => (outputs + transform.Outputs - 1) / transform.Outputs;

    private nint PointStride(int blocks) => (nint)blocks * _channels * Lanes;

    private float* Weights(int point, int block) => (float*)_weights.Pointer + point * PointStride(Planes.BlocksOf(_outputs)) + (nint)block * _channels * Lanes;

    // x: [N, C / 16, H, W, 16] in a border of zeros   weights: [points, O / 16, C, 16]   y: [N, O / 16, H', W', 16]
    public void Run(KernelContext context)
    {
        Planes x = new(context.Input(0));
        Window2D window = Window2D.Of(_attributes, 3, 3, x.Height, x.Width);
        Planes y = Planes.Output(context, x.Images, _outputs, window.OutputHeight, window.OutputWidth, _border);
        if (x.Images == 0 || window.Outputs == 0) return;
        int points = _transform.Points * _transform.Points, tileRows = TilesOf(y.Height, _transform), tileColumns = TilesOf(y.Width, _transform);
        long rowBytes = (long)points * tileColumns * (x.Blocks + y.Blocks) * Lanes * sizeof(float);
        int chunks = (int)Math.Clamp((rowBytes * tileRows + ChunkBytes - 1) / ChunkBytes, 1, tileRows), chunkRows = (tileRows + chunks - 1) / chunks;
        using Tensor inputs = context.Pool.Rent(ElementType.Float32, Shape.Create(points, x.Blocks, chunkRows * tileColumns, Lanes));
        using Tensor products = context.Pool.Rent(ElementType.Float32, Shape.Create(points, y.Blocks, chunkRows * tileColumns, Lanes));
        Chunk chunk = new(this, context, x, y, window, tileColumns, (float*)inputs.Pointer, (float*)products.Pointer, _epilogue.Bind(context, y));
        for (int image = 0; image < x.Images; image++)
            for (int row = 0; row < tileRows; row += chunkRows)
                chunk.Compute(image, row, Math.Min(chunkRows, tileRows - row));
    }

    /// <summary>Some rows of tiles, in three steps that all threads share.</summary>
    private sealed class Chunk(BlockedWinograd convolution, KernelContext context, Planes x, Planes y, Window2D window, int tileColumns, float* inputs, float* products, BlockedEpilogue.Bound epilogue)
    {
        private readonly WinogradTransform _transform = convolution._transform;

        public void Compute(int image, int firstRow, int rows)
        {
            int tiles = rows * tileColumns, points = _transform.Points * _transform.Points;
            context.Workers.Run(x.Blocks * rows, (piece, _) => Transform(image, piece / rows, firstRow, piece % rows, tiles), context.Cancellation);

            Run[] runs = [.. Enumerable.Range(0, x.Blocks).Select(block => new Run((nint)block * tiles * Lanes, Math.Min(Lanes, convolution._channels - block * Lanes)))];
            int tileBlocks = Tile.Best(y.Blocks, tiles).Blocks, columns = (y.Blocks + tileBlocks - 1) / tileBlocks;
            context.Workers.Run(points * columns, (piece, _) => Multiply(runs, piece / columns, piece % columns * tileBlocks, tileBlocks, tiles), context.Cancellation);

            context.Workers.Run(y.Blocks * rows, (piece, _) => TransformBack(image, piece / rows, firstRow, piece % rows, tiles), context.Cancellation);
        }

        // One block of channels of a row of tiles to [points, C / 16, tiles, 16].
        private void Transform(int image, int block, int firstRow, int row, int tiles)
        {
            int step = _transform.Outputs;
            float* from = x.Plane(image, block) + ((firstRow + row) * step - window.Top) * x.RowStride - window.Left * Lanes;
            float* to = inputs + ((nint)block * tiles + row * tileColumns) * Lanes;
            for (int column = 0; column < tileColumns; column++)
                _transform.Input(from + column * step * Lanes, x.RowStride, to + column * Lanes, (nint)x.Blocks * tiles * Lanes);
        }

        // The products of a point for some blocks of outputs: [tiles, C] times [C, 16 · blocks].
        private void Multiply(Run[] runs, int point, int block, int blocks, int tiles)
        {
            blocks = Math.Min(blocks, y.Blocks - block);
            float* from = inputs + (nint)point * x.Blocks * tiles * Lanes, to = products + (nint)point * y.Blocks * tiles * Lanes;
            while (blocks > 0)
            {
                (int some, int pixels) = Tile.Best(blocks, tiles);
                fixed (Run* list = runs)
                fixed (float* zeros = s_zeros)
                {
                    TileArguments t = new() { PixelStride = Lanes, Runs = list, RunCount = runs.Length, Weights = convolution.Weights(point, block), WeightBlock = (nint)convolution._channels * Lanes, Start = zeros, OutputBlock = (nint)tiles * Lanes };
                    // The first tile fetches the weights of the next blocks while it reads its own, the last of a point those of the next point.
                    if ((long)(point * y.Blocks) + block + 2 * some <= (long)_transform.Points * _transform.Points * y.Blocks) t.Ahead = some * t.WeightBlock;
                    for (int tile = 0; tile < tiles; tile += pixels)
                    {
                        t.X = from + tile * Lanes;
                        t.Y = to + ((nint)block * tiles + tile) * Lanes;
                        Tile.Compute(&t, some, Math.Min(pixels, tiles - tile));
                        t.Ahead = 0;
                    }
                }
                block += some;
                blocks -= some;
            }
        }

        // A row of tiles of one block of outputs, and what was fused into the convolution.
        private void TransformBack(int image, int block, int firstRow, int row, int tiles)
        {
            int step = _transform.Outputs, first = (firstRow + row) * step, rows = Math.Min(step, y.Height - first);
            float* from = products + ((nint)block * tiles + row * tileColumns) * Lanes;
            float* to = y.Plane(image, block) + first * y.RowStride;
            TileArguments fused = default;
            epilogue.Into(&fused, image, block, first, 0);
            fixed (float* start = &convolution._start[block * Lanes])
            {
                WinogradOutput output = new() { RowStride = y.RowStride, Rows = rows, Start = start, AddedRowStride = epilogue.AddedRowStride, Clamps = fused.Clamps, Low = fused.Low, High = fused.High };
                for (int column = 0; column < tileColumns; column++)
                {
                    output.Y = to + column * step * Lanes;
                    output.Added = fused.Added is null ? null : fused.Added + column * step * Lanes;
                    output.Columns = Math.Min(step, y.Width - column * step);
                    _transform.Output(from + column * Lanes, (nint)y.Blocks * tiles * Lanes, &output);
                }
            }
            for (int i = 0; i < rows; i++) epilogue.Finish(to + i * y.RowStride, y.BlockStride, 1, y.Width, image, block, first + i, 0);
        }
    }
}
