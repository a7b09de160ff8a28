using TensorLogic.Cpu.Kernels;

namespace TensorLogic.Cpu;

/// <summary>What a node's kernel takes over from the nodes after it.</summary>
/// <param name="Scale">A factor for each output channel, in double: goes into the weights. Null for none.</param>
/// <param name="Shift">A term for each output channel: goes into the bias. Null for none.</param>
/// <param name="Epilogue">What comes after.</param>
internal sealed record Fusion(double[]? Scale, double[]? Shift, Epilogue Epilogue)
{
    public static Fusion None { get; } = new(null, null, Epilogue.None);

    public bool IsEmpty => Scale is null && Shift is null && Epilogue.Steps.Count == 0;

    /// <summary>This, and then arithmetic on the channels, which must come before any epilogue.</summary>
    public Fusion Then(ChannelArithmetic next)
    {
        double[]? scale = Scale is null ? next.Scale : next.Scale is null ? Scale : [.. Scale.Zip(next.Scale, (a, b) => a * b)];
        double[]? shift = Shift is not null && next.Scale is not null ? [.. Shift.Zip(next.Scale, (a, b) => a * b)] : Shift;
        shift = shift is null ? next.Shift : next.Shift is null ? shift : [.. shift.Zip(next.Shift, (a, b) => a + b)];
        return this with { Scale = scale, Shift = shift };
    }

    /// <summary>A kernel's name with what it took over.</summary>
    public string Name(string kernel) =>
        string.Join(" + ", ((string[])[kernel, Scale is null ? "" : "scale", Shift is null ? "" : "shift", Epilogue.Name]).Where(part => part.Length > 0));
}
