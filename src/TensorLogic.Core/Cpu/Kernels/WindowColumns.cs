using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Packs what a convolution's windows see into panels of B: row k for a channel and a tap, column for an output place.</summary>
/// <remarks>The panel's columns are outputs in row-major order; where they lie in one output row, their inputs lie side by side too.</remarks>
internal static unsafe class WindowColumns
{
    /// <summary>Floats behind padded planes and panels that vector copies may touch.</summary>
    public const int Slack = 64;

    /// <summary>Writes rows <paramref name="from"/> to <paramref name="end"/> of a panel.</summary>
    /// <param name="window">The window.</param>
    /// <param name="planes">Padded planes of the group's channels, one after another.</param>
    /// <param name="mayOverrun">True if <see cref="Slack"/> floats behind the planes can be read.</param>
    /// <param name="taps">From <see cref="Window.TapOffsets"/>.</param>
    /// <param name="column">First output place.</param>
    /// <param name="columns">Number of places, at most the panel's width.</param>
    /// <param name="from">First row of the panel's matrix: channel · taps + tap.</param>
    /// <param name="end">End of the rows.</param>
    /// <param name="panel">Receives (end - from) rows, and may be written <see cref="Slack"/> floats beyond.</param>
    public static void Pack(Window window, float* planes, bool mayOverrun, long[] taps, int column, int columns, int from, int end, float* panel)
    {
        // At most one run for each output row that the panel touches.
        Span<Run> runs = stackalloc Run[GemmTileMaxColumns + 1];
        int count = 0;
        int perRow = window.OutputWidth;
        bool merged = window.PhaseWidth == perRow;
        for (int done = 0; done < columns;)
        {
            int y = (column + done) / perRow, x = (column + done) % perRow;
            int length = merged ? columns - done : Math.Min(columns - done, perRow - x);
            runs[count++] = new Run((long)y * window.PhaseWidth + x, done, length);
            done += length;
        }
        int width = GemmTile.Columns, tap = from % taps.Length;
        float* plane = planes + from / taps.Length * window.PlaneElements;
        for (int k = from; k < end; k++, panel += width)
        {
            float* source = plane + taps[tap];
            if (mayOverrun) CopyRuns(source, runs[..count], panel);
            else
                foreach (Run run in runs[..count]) new ReadOnlySpan<float>(source + run.Source, run.Length).CopyTo(new Span<float>(panel + run.Column, run.Length));
            if (++tap < taps.Length) continue;
            tap = 0;
            plane += window.PlaneElements;
        }
    }

    private const int GemmTileMaxColumns = 48;

    // In bounds: sources lie in the planes and destinations in the panel; whole vectors reach at most Slack floats beyond, and what they
    // write there is overwritten by the next run or row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void CopyRuns(float* source, ReadOnlySpan<Run> runs, float* panel)
    {
        foreach (ref readonly Run run in runs)
        {
            float* x = source + run.Source, y = panel + run.Column;
            if (Vector512.IsHardwareAccelerated)
                for (int i = 0; i < run.Length; i += 16) Vector512.Load(x + i).Store(y + i);
            else
                for (int i = 0; i < run.Length; i += 8) Vector256.Load(x + i).Store(y + i);
        }
    }

    private readonly record struct Run(long Source, int Column, int Length);
}
