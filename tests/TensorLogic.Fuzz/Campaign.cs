using System.Diagnostics;

namespace TensorLogic.Fuzz;

/// <summary>What came of many changed files.</summary>
/// <param name="Read">Files that were read whole.</param>
/// <param name="Deep">Refused behind the first 32 bytes, or at a named field.</param>
/// <param name="Shallow">Refused at the start.</param>
/// <param name="Longest">Time of the slowest file.</param>
/// <param name="Failures">What must not happen, with the seed that makes it again.</param>
internal sealed record Outcome(int Read, int Deep, int Shallow, TimeSpan Longest, IReadOnlyList<string> Failures)
{
    /// <summary>Share of files that got past the header.</summary>
    public double PastHeader => (double)(Read + Deep) / Math.Max(Read + Deep + Shallow, 1);
}

/// <summary>Reads changed files of a target; a file is told by its seed alone.</summary>
internal static class Campaign
{
    private const int HeaderBytes = 32, MostFailures = 10;

    /// <summary>Longest time that a file may take.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(5);

    /// <param name="target">The reader.</param>
    /// <param name="data">The folder with the samples.</param>
    /// <param name="seed">Of the first file; each has the next.</param>
    /// <param name="count">Number of files.</param>
    /// <param name="progress">Told now and then how many are done.</param>
    public static Outcome Run(Target target, string data, int seed, int count, Action<int>? progress = null)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tensorlogic-fuzz-");
        try
        {
            (string Opened, string Changed, byte[] Source)[] samples = [.. target.Samples.Select((sample, i) => Copy(Path.Combine(data, sample), Path.Combine(folder.FullName, $"{i}"), target.Changed))];
            int read = 0, deep = 0, shallow = 0;
            TimeSpan longest = default;
            List<string> failures = [];
            for (int i = 0; i < count && failures.Count < MostFailures; i++)
            {
                Random random = new(seed + i);
                (string opened, string changed, byte[] source) = samples[random.Next(samples.Length)];
                File.WriteAllBytes(changed, target.Mutate(source, random));
                long start = Stopwatch.GetTimestamp();
                try
                {
                    target.Read(opened);
                    read++;
                }
                catch (ModelFormatException error)
                {
                    if (error.Offset > HeaderBytes || error.Field is { Length: > 0 } and not "Model") deep++;
                    else shallow++;
                }
                catch (Exception error) when (error is TensorLogicException or InvalidDataException)
                {
                    deep++;
                }
                catch (Exception error)
                {
                    failures.Add($"{target.Name}, seed {seed + i}: {error.GetType().Name}: {error.Message}\n{error.StackTrace}");
                }
                TimeSpan took = Stopwatch.GetElapsedTime(start);
                if (took > longest) longest = took;
                if (took > Patience) failures.Add($"{target.Name}, seed {seed + i}: took {took.TotalSeconds:0.0} s");
                if (i % 1000 == 0) progress?.Invoke(i);
            }
            return new(read, deep, shallow, longest, failures);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (string Opened, string Changed, byte[] Source) Copy(string sample, string folder, string changed)
    {
        Directory.CreateDirectory(folder);
        string opened = Path.Combine(folder, Path.GetFileName(sample));
        if (File.Exists(sample)) return (opened, opened, File.ReadAllBytes(sample));
        foreach (string file in Directory.EnumerateFiles(sample, "*", SearchOption.AllDirectories))
        {
            string to = Path.Combine(opened, Path.GetRelativePath(sample, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
        string path = Path.Combine(opened, changed);
        return (opened, path, File.ReadAllBytes(path));
    }
}
