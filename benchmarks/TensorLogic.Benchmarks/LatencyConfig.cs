using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;

namespace TensorLogic.Benchmarks;

/// <summary>Latency tables: tail percentile beside the median, and below the table what was absent and what the machine can do at most.</summary>
internal sealed class LatencyConfig : ManualConfig
{
    public LatencyConfig()
    {
        AddColumn(StatisticColumn.P95);
        AddExporter(new MachineExporter());
    }

    private sealed class MachineExporter : ExporterBase
    {
        protected override string FileExtension => "md";
        protected override string FileNameSuffix => "-machine";

        public override void ExportToLog(Summary summary, ILogger logger)
        {
            foreach (Device device in Devices.Absent) logger.WriteLine($"{device}: absent");
            logger.WriteLine($"Multiply-add peak of one core in this run: {MultiplyAddPeak.Measure():F1} GFLOP/s");
        }
    }
}
