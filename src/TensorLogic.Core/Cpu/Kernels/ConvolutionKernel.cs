using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary><c>conv</c> over one or two spatial axes as a product of the packed weights with the columns that the windows see.</summary>
internal sealed unsafe class ConvolutionKernel
{
    private const int Depth = 512;
    private const long KeptColumnBytes = 2 << 20;
    private const double PieceFlops = 6e6;

    private readonly Op.ConvAttributes _attributes;
    private readonly PackedPanels _weights;
    private readonly int[] _kernel;
    private readonly float[]? _bias;
    private readonly Epilogue _epilogue;

    private ConvolutionKernel(Op.ConvAttributes attributes, PackedPanels weights, int[] kernel, float[]? bias, Epilogue epilogue) =>
        (_attributes, _weights, _kernel, _bias, _epilogue) = (attributes, weights, kernel, bias, epilogue);

    public static void Register(Dictionary<Operator, Func<KernelRequest, CpuKernel?>> kernels) => kernels.Add(Op.Conv, Create);

    private static CpuKernel? Create(KernelRequest request)
    {
        var attributes = request.As<Op.ConvAttributes>();
        if (!request.IsFloat32 || request.Inputs[0]!.Rank > 4) return null;
        bool hasBias = request.Inputs.Length > 2 && request.Inputs[2] is not null;
        if (request.Constants[1] is not { } weight) return request.Fusion.IsEmpty ? new CpuKernel("packed columns", context => RunUnpacked(context, attributes)) : null;
        if (hasBias && request.Constants[2] is null) return null;
        Bias? bias = Bias.Create(request, hasBias ? 2 : -1, weight.Shape[0]);
        if (DepthwiseKernel.Applies(attributes, weight.Shape)) return DepthwiseKernel.Create(request, attributes, weight, bias);
        PackedPanels packed = Pack(weight, attributes.Groups, request.Fusion.Scale);
        ConvolutionKernel kernel = new(attributes, packed, [.. weight.Shape.Sizes[2..]], bias?.Elements, request.Fusion.Epilogue);
        return new CpuKernel(request.Fusion.Name("packed columns, packed weights"), kernel.Run, packed);
    }

    private static PackedPanels Pack(Tensor weight, int groups, double[]? scale)
    {
        int outputs = weight.Shape[0] / groups, k = checked((int)(weight.ElementCount / Math.Max(1, weight.Shape[0])));
        return PackedPanels.FromRows(weight, groups, outputs, k, GemmTile.Rows, scale);
    }

    private static void RunUnpacked(KernelContext context, Op.ConvAttributes attributes)
    {
        using Tensor weight = context.Dense(1);
        using Tensor? bias = context.Has(2) ? context.Dense(2) : null;
        using PackedPanels packed = Pack(weight, attributes.Groups, null);
        new ConvolutionKernel(attributes, packed, [.. weight.Shape.Sizes[2..]], (bias as Tensor<float>)?.ToArray(), Epilogue.None).Run(context);
    }

    // x: [N, G · C, H, W]   weights: G × [O, C · taps]   columns: [C · taps, P]   y: [N, G · O, P]
    private void Run(KernelContext context)
    {
        using Tensor x = context.Dense(0);
        Window window = new(x.Shape, _kernel, _attributes.Strides, _attributes.PadType, _attributes.Pad, _attributes.Dilations);
        int groups = _attributes.Groups;
        if ((long)_weights.K * groups != (long)window.Channels * window.Taps) throw context.Error(0, x.ToString(), $"a tensor with {_weights.K / window.Taps * groups} channels");
        int[] spatial = x.Rank == 3 ? [window.OutputWidth] : [window.OutputHeight, window.OutputWidth];
        Tensor y = context.Output(0, Shape.Create([window.Images, groups * _weights.Rows, .. spatial]));
        if (y.ElementCount == 0) return;
        using BoundEpilogue epilogue = _epilogue.Bind(context, y);
        using Tensor? padded = PaddedPlanes(context, window, (float*)x.Pointer);
        float* planes = padded is null ? (float*)x.Pointer : (float*)padded.Pointer;
        Product product = new(context, this, window, planes, padded is not null, (float*)y.Pointer, epilogue);
        product.Run();
    }

    private static Tensor? PaddedPlanes(KernelContext context, Window window, float* x)
    {
        if (!window.NeedsPadding) return null;
        long planes = (long)window.Images * window.Channels;
        Tensor padded = context.Pool.Rent(ElementType.UInt8, Shape.Create(checked((int)((planes * window.PlaneElements + WindowColumns.Slack) * sizeof(float)))));
        float* to = (float*)padded.Pointer;
        context.ForEach(planes, window.PlaneElements * 0.3, (start, end, _) =>
        {
            for (long plane = start; plane < end; plane++)
                window.Pad(x + plane * window.Height * window.Width, to + plane * window.PlaneElements, 0);
        });
        return padded;
    }

    /// <summary>The loops of one run.</summary>
    private sealed class Product
    {
        private readonly KernelContext _context;
        private readonly ConvolutionKernel _kernel;
        private readonly Window _window;
        private readonly float* _planes;
        private readonly bool _mayOverrun;
        private readonly float* _y;
        private readonly BoundEpilogue _epilogue;
        private readonly long[] _taps;
        private readonly int _k, _panels, _rowPanels, _panelsPerPiece, _rowPanelsPerPiece, _columnPieces, _rowPieces;

        public Product(KernelContext context, ConvolutionKernel kernel, Window window, float* planes, bool mayOverrun, float* y, BoundEpilogue epilogue)
        {
            (_context, _kernel, _window, _mayOverrun, _epilogue) = (context, kernel, window, mayOverrun, epilogue);
            _planes = planes;
            _y = y;
            _taps = window.TapOffsets();
            _k = kernel._weights.K;
            _panels = (window.Outputs + GemmTile.Columns - 1) / GemmTile.Columns;
            _rowPanels = kernel._weights.Panels;
            // How the work is cut depends on sizes alone, never on the number of threads.
            int pieces = (int)Math.Clamp(2.0 * kernel._weights.Rows * window.Outputs * _k / PieceFlops, 1, 64);
            bool keepColumns = (long)_panels * GemmTile.Columns * _k * sizeof(float) <= KeptColumnBytes;
            _panelsPerPiece = Math.Clamp((_panels + pieces - 1) / pieces, 1, 4);
            _columnPieces = (_panels + _panelsPerPiece - 1) / _panelsPerPiece;
            KeepsColumns = keepColumns && _columnPieces < pieces;
            int rowPieces = KeepsColumns ? Math.Min(_rowPanels, (pieces + _columnPieces - 1) / _columnPieces) : 1;
            _rowPanelsPerPiece = (_rowPanels + rowPieces - 1) / rowPieces;
            _rowPieces = (_rowPanels + _rowPanelsPerPiece - 1) / _rowPanelsPerPiece;
        }

        /// <summary>True if the columns are packed whole before the product: when several pieces share them.</summary>
        private bool KeepsColumns { get; }

        public void Run()
        {
            int groups = _kernel._attributes.Groups, width = GemmTile.Columns;
            long panelElements = (long)_k * width;
            long kept = KeepsColumns ? _panels * panelElements : 0;
            int scratchDepth = Math.Min(_k, Depth);
            long perWorker = KeepsColumns ? 0 : (long)_panelsPerPiece * scratchDepth * width + WindowColumns.Slack;
            using Tensor memory = _context.Pool.Rent(ElementType.UInt8, Shape.Create(checked((int)((kept + WindowColumns.Slack + perWorker * _context.Workers.Count) * sizeof(float)))));
            float* scratch = (float*)memory.Pointer;
            if (!KeepsColumns)
            {
                _context.Workers.Run(checked(_window.Images * groups * _columnPieces), (piece, worker) =>
                    Piece(piece / _columnPieces, piece % _columnPieces, 0, scratch + worker * perWorker), _context.Cancellation);
                return;
            }
            for (int matrix = 0; matrix < _window.Images * groups; matrix++)
            {
                float* planes = Planes(matrix);
                _context.ForEach(_panels, _k * 12.0, (start, end, _) =>
                {
                    for (int panel = (int)start; panel < (int)end; panel++)
                        PackPanel(planes, panel, 0, _k, scratch + panel * panelElements);
                });
                int current = matrix;
                _context.Workers.Run(_columnPieces * _rowPieces, (piece, _) => Piece(current, piece % _columnPieces, piece / _columnPieces, scratch), _context.Cancellation);
            }
        }

        private float* Planes(int matrix) => _planes + (long)matrix * (_k / _taps.Length) * _window.PlaneElements;

        private void PackPanel(float* planes, int panel, int from, int end, float* to)
        {
            int column = panel * GemmTile.Columns, columns = Math.Min(GemmTile.Columns, _window.Outputs - column);
            // Columns that do not exist are multiplied all the same: zeros are quick.
            if (columns < GemmTile.Columns) new Span<float>(to, (end - from) * GemmTile.Columns).Clear();
            if (_mayOverrun && end - from > 1)
            {
                // The last row is copied exactly, since what lies behind it may be another thread's.
                WindowColumns.Pack(_window, planes, true, _taps, column, columns, from, end - 1, to);
                to += (long)(end - 1 - from) * GemmTile.Columns;
                from = end - 1;
            }
            WindowColumns.Pack(_window, planes, false, _taps, column, columns, from, end, to);
        }

        /// <summary>The tiles of some rows and columns of y for one image and group.</summary>
        private void Piece(int matrix, int columnPiece, int rowPiece, float* columns)
        {
            PackedPanels weights = _kernel._weights;
            int group = matrix % _kernel._attributes.Groups, rows = weights.Rows, outputs = _window.Outputs, width = GemmTile.Columns;
            int firstPanel = columnPiece * _panelsPerPiece, endPanel = Math.Min(_panels, firstPanel + _panelsPerPiece);
            int firstRowPanel = rowPiece * _rowPanelsPerPiece, endRowPanel = Math.Min(_rowPanels, firstRowPanel + _rowPanelsPerPiece);
            float* y = _y + (long)matrix * rows * outputs;
            float* a = weights.Pointer + group * weights.MatrixStride;
            float* planes = Planes(matrix);
            float zero = 0;
            fixed (float* bias = _kernel._bias)
            {
                for (int from = 0; from < _k || from == 0; from += Depth)
                {
                    int depth = Math.Min(Depth, _k - from);
                    if (!KeepsColumns)
                        for (int panel = firstPanel; panel < endPanel; panel++)
                            PackPanel(planes, panel, from, from + depth, columns + (long)(panel - firstPanel) * depth * width);
                    for (int rowPanel = firstRowPanel; rowPanel < endRowPanel; rowPanel++)
                        for (int panel = firstPanel; panel < endPanel; panel++)
                        {
                            int row = rowPanel * GemmTile.Rows;
                            float* tile = y + (long)row * outputs + panel * width;
                            TileArguments t = new()
                            {
                                A = a + (long)rowPanel * _k * GemmTile.Rows + from * GemmTile.Rows,
                                ARow = 1,
                                AStep = GemmTile.Rows,
                                B = KeepsColumns ? columns + ((long)panel * _k + from) * width : columns + (long)(panel - firstPanel) * depth * width,
                                K = depth,
                                C = tile,
                                CRow = outputs,
                                Start = from > 0 ? tile : bias is null ? &zero : bias + group * rows + row,
                                StartRow = from > 0 ? outputs : bias is null ? 0 : 1,
                                StartColumn = from > 0 ? 1 : 0,
                                Rows = Math.Min(GemmTile.Rows, rows - row),
                            };
                            GemmTile.Run(ref t, Math.Min(width, outputs - panel * width));
                        }
                }
            }
            if (_epilogue.IsEmpty) return;
            int column = firstPanel * width, count = Math.Min(outputs, endPanel * width) - column;
            for (int row = firstRowPanel * GemmTile.Rows; row < Math.Min(rows, endRowPanel * GemmTile.Rows); row++)
                _epilogue.Apply(y + (long)row * outputs + column, count);
        }
    }
}
