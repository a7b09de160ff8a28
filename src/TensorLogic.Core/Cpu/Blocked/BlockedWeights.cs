using TensorLogic.Cpu.Kernels;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Blocked;

/// <summary>Weights of a convolution as tiles read them: for each block of 16 outputs and each input in turn, 16 numbers.</summary>
internal sealed unsafe class BlockedWeights : IDisposable
{
    private readonly WeightMemory _memory;
    private readonly int _channels;

    // Inputs in the order of the sums: the offset of each in the kernel [C, kh, kw].
    private BlockedWeights(Tensor weight, int groups, float[]? bias, double[]? scale, int[] order, bool isTransient = false)
    {
        Outputs = weight.Shape[0];
        Groups = groups;
        _channels = weight.Shape[1];
        (KernelHeight, KernelWidth) = (weight.Shape[2], weight.Shape[3]);
        Inputs = order.Length;
        OutputBlocksPerGroup = Planes.BlocksOf(Outputs / groups);
        int blocks = OutputBlocksPerGroup * groups;
        Start = new float[blocks * Planes.Lanes];
        bias?.CopyTo(Start, 0);
        _memory = WeightMemory.Rent(checked((long)blocks * Inputs * Planes.Lanes * sizeof(float)), isTransient);
        float* to = (float*)_memory.Pointer;
        // One block of outputs at a time: the numbers of a kernel are read once, in order.
        using Tensor elements = weight.Contiguous();
        float[] kernels = new float[Planes.Lanes * Inputs];
        for (int block = 0; block < blocks; block++)
        {
            int first = block * Planes.Lanes, count = Math.Clamp(Outputs - first, 0, Planes.Lanes);
            PackedPanels.ReadRow(elements, (long)first * Inputs, kernels.AsSpan(0, count * Inputs), 1);
            kernels.AsSpan(count * Inputs).Clear();
            for (int o = 0; o < count && scale is not null; o++)
                foreach (ref float element in kernels.AsSpan(o * Inputs, Inputs)) element = (float)(element * scale[first + o]);
            // In bounds: a block has Inputs · 16 numbers, and so has the array.
            for (int i = 0; i < Inputs; i++)
                for (int o = 0; o < Planes.Lanes; o++) *to++ = kernels[o * Inputs + order[i]];
        }
    }

    /// <summary>For blocked inputs: block by block of channels, tap by tap, channel by channel.</summary>
    /// <param name="weight">[O, C / groups, kh, kw].</param>
    /// <param name="groups">Groups; 16 divides the channels of each if there are several.</param>
    /// <param name="bias">[O], or null.</param>
    /// <param name="scale">A factor for each output, or null.</param>
    /// <param name="isTransient">True if they are only read to make others of them.</param>
    public static BlockedWeights ForBlocks(Tensor weight, int groups, float[]? bias, double[]? scale, bool isTransient = false)
    {
        int channels = weight.Shape[1], taps = weight.Shape[2] * weight.Shape[3];
        List<int> order = new(channels * taps);
        for (int block = 0; block < channels; block += Planes.Lanes)
            for (int tap = 0; tap < taps; tap++)
                for (int c = block; c < Math.Min(channels, block + Planes.Lanes); c++) order.Add(c * taps + tap);
        return new(weight, groups, bias, scale, [.. order], isTransient);
    }

    /// <summary>For plain inputs: as the kernel is stored.</summary>
    public static BlockedWeights ForRows(Tensor weight, float[]? bias, double[]? scale) =>
        new(weight, 1, bias, scale, [.. Enumerable.Range(0, weight.Shape[1] * weight.Shape[2] * weight.Shape[3])]);

    public int Outputs { get; }

    public int Groups { get; }

    public int KernelHeight { get; }

    public int KernelWidth { get; }

    /// <summary>Terms of a sum.</summary>
    public int Inputs { get; }

    public int OutputBlocksPerGroup { get; }

    /// <summary>Blocks of outputs of all groups.</summary>
    public int Blocks => OutputBlocksPerGroup * Groups;

    /// <summary>Blocks of input channels of a group.</summary>
    public int BlocksPerGroup => _channels / Planes.Lanes;

    /// <summary>The bias, filled up with zeros.</summary>
    public float[] Start { get; }

    /// <summary>From the weights of a block of outputs to those of the next.</summary>
    public nint BlockStride => (nint)Inputs * Planes.Lanes;

    public float* Block(int block) => (float*)_memory.Pointer + block * BlockStride;

    /// <summary>Where the inputs of a sum stand in blocked planes.</summary>
    public Run[] RunsOverBlocks(in Planes x, in Window2D window)
    {
        List<Run> runs = [];
        for (int block = 0; block * Planes.Lanes < _channels; block++)
            for (int i = 0; i < KernelHeight; i++)
                for (int j = 0; j < KernelWidth; j++)
                    runs.Add(new(block * x.BlockStride + i * window.DilationY * x.RowStride + j * window.DilationX * Planes.Lanes, Math.Min(Planes.Lanes, _channels - block * Planes.Lanes)));
        return [.. runs];
    }

    /// <summary>Where the inputs of a sum stand in padded plain planes: a row of the window at a time, if it is not dilated.</summary>
    public Run[] RunsOverRows(int rows, int rowElements, in Window2D window)
    {
        List<Run> runs = [];
        for (int c = 0; c < _channels; c++)
            for (int i = 0; i < KernelHeight; i++)
            {
                nint row = ((nint)c * rows + i * window.DilationY) * rowElements;
                if (window.DilationX == 1) runs.Add(new(row, KernelWidth));
                else
                    for (int j = 0; j < KernelWidth; j++) runs.Add(new(row + j * window.DilationX, 1));
            }
        return [.. runs];
    }

    public void Dispose() => _memory.Dispose();
}
