using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace TensorLogic.Tool.Commands;

/// <summary><c>tl bench MODEL</c>: how long loading and predicting take.</summary>
internal static class BenchCommand
{
    private const int DefaultRuns = 50, DefaultProfileRuns = 20, LeastWarmUp = 3, Bins = 10;

    // The just-in-time compiler replaces its first, quick code after a few dozen calls and a moment of rest.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    public static Command Create(CommandContext context)
    {
        Argument<string> model = Arguments.Model();
        Option<Device> device = Arguments.Device();
        Option<int?> threads = Arguments.Threads();
        Option<int?> runs = Arguments.Positive("--runs", $"Predictions to measure; {DefaultRuns} unless given");
        Option<string?> function = Arguments.Function();
        Option<bool> json = Arguments.Json();
        Option<bool> profile = new("--profile") { Description = "Show what each step takes" };
        Command command = new("bench", "Measure how long a model takes to load and to predict") { model, device, threads, runs, function, profile, json };
        command.SetAction(parsed =>
        {
            int? threadCount = parsed.GetValue(threads);
            long start = Stopwatch.GetTimestamp();
            using TensorLogicRuntime runtime = context.Runtimes(threadCount);
            using IModel opened = runtime.LoadModel(parsed.GetValue(model)!, new LoadOptions { Device = parsed.GetValue(device), Function = parsed.GetValue(function) });
            opened.Prepare(context.Cancellation);
            double load = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            using Features inputs = SampleInputs.For(opened);
            bool quiet = parsed.GetValue(json);
            if (parsed.GetValue(profile))
            {
                ProfileView.Write(context.Terminal, opened.Profile(inputs, parsed.GetValue(runs) ?? DefaultProfileRuns, context.Cancellation), quiet);
                return CommandLine.Success;
            }
            double[] times = Measure(context.Terminal, opened, inputs, parsed.GetValue(runs) ?? DefaultRuns, quiet, context.Cancellation);
            Report report = new(load, times, threadCount ?? Environment.ProcessorCount, opened.Device);
            if (quiet) report.WriteJson(context.Terminal);
            else report.Write(context.Terminal);
            return CommandLine.Success;
        });
        return command;
    }

    private static double[] Measure(Terminal terminal, IModel model, Features inputs, int runs, bool quiet, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < LeastWarmUp || Stopwatch.GetElapsedTime(start) < WarmUp; i++) model.Predict(inputs, cancellation: cancellation).Dispose();
        var times = new double[runs];
        if (quiet || !terminal.IsErrorStyled)
        {
            for (int i = 0; i < runs; i++) times[i] = Once(model, inputs, cancellation);
            return times;
        }
        terminal.ErrorConsole.Progress().AutoClear(true).Start(context =>
        {
            ProgressTask task = context.AddTask("predicting", maxValue: runs);
            for (int i = 0; i < runs; i++)
            {
                times[i] = Once(model, inputs, cancellation);
                task.Increment(1);
            }
        });
        return times;
    }

    private static double Once(IModel model, Features inputs, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        using Features results = model.Predict(inputs, cancellation: cancellation);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private sealed class Report
    {
        private readonly double _load;
        private readonly double[] _sorted;
        private readonly int _threads;
        private readonly Device _device;

        public Report(double load, double[] times, int threads, Device device)
        {
            (_load, _threads, _device) = (load, threads, device);
            _sorted = [.. times.Order()];
        }

        private double Median => (_sorted[(_sorted.Length - 1) / 2] + _sorted[_sorted.Length / 2]) / 2;

        private double Percentile95 => _sorted[(int)Math.Ceiling(0.95 * _sorted.Length) - 1];

        private static double PeakMegabytes
        {
            get
            {
                using Process self = Process.GetCurrentProcess();
                return self.PeakWorkingSet64 / 1048576.0;
            }
        }

        public void Write(Terminal terminal)
        {
            terminal.Line($"device {_device.Name}, {_threads} {(_threads == 1 ? "thread" : "threads")}, {_sorted.Length} runs");
            terminal.Line($"load    {_load:0.00} ms");
            terminal.Line($"median  {Median:0.000} ms");
            terminal.Line($"p95     {Percentile95:0.000} ms");
            terminal.Line($"min     {_sorted[0]:0.000} ms");
            terminal.Line($"memory  {PeakMegabytes:0.0} MB at most");
            double low = _sorted[0], width = Math.Max((_sorted[^1] - low) / Bins, 1e-6);
            int[] counts = new int[Bins];
            foreach (double time in _sorted) counts[Math.Min((int)((time - low) / width), Bins - 1)]++;
            Table table = Tables.Create("from", "runs", "");
            for (int bin = 0; bin < Bins; bin++)
                table.BarRow((double)counts[bin] / counts.Max(), string.Create(CultureInfo.InvariantCulture, $"{low + bin * width:0.000} ms"), $"{counts[bin]}");
            terminal.Console.Section("Latency", table);
        }

        public void WriteJson(Terminal terminal) => terminal.Out.WriteLine(JsonText.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("load_ms", Math.Round(_load, 3));
            writer.WriteNumber("median_ms", Math.Round(Median, 4));
            writer.WriteNumber("p95_ms", Math.Round(Percentile95, 4));
            writer.WriteNumber("min_ms", Math.Round(_sorted[0], 4));
            writer.WriteNumber("threads", _threads);
            writer.WriteString("device", _device.Name);
            writer.WriteNumber("peak_rss_mb", Math.Round(PeakMegabytes, 1));
            writer.WriteEndObject();
        }));
    }
}
