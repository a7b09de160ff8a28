using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace TensorLogic;

/// <summary>What the library reports to <c>System.Diagnostics</c> listeners, under the name <c>TensorLogic</c>.</summary>
internal static class Telemetry
{
    public static ActivitySource Source { get; } = new("TensorLogic");

    private static readonly Meter s_meter = new("TensorLogic");

    public static Histogram<double> LoadDuration { get; } = s_meter.CreateHistogram<double>("tensorlogic.load.duration", "ms", "Time to open a model.");

    public static Histogram<double> PredictDuration { get; } = s_meter.CreateHistogram<double>("tensorlogic.predict.duration", "ms", "Time of one prediction.");
}

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Opened {Path} ({Format}) for {Device} in {Milliseconds:F1} ms")]
    public static partial void ModelLoaded(ILogger logger, string path, string format, string device, double milliseconds);
}
