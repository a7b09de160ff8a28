using System.Diagnostics;
using System.Globalization;
using System.Text;
using TensorLogic.Language;

namespace TensorLogic.Benchmarks;

/// <summary>Transitive closure of a random graph of 2,000 nodes and 10,000 edges, beside SWI-Prolog with tabling in the same run.</summary>
internal static class ClosureComparison
{
    private const int Nodes = 2000, Edges = 10_000, Runs = 5;

    public static int Run()
    {
        (int From, int To)[] edges = Graph();
        List<double> own = [], prolog = [];
        string folder = Directory.CreateTempSubdirectory("closure").FullName;
        try
        {
            string program = Path.Combine(folder, "closure.pl");
            File.WriteAllText(program, Prolog(edges));
            for (int run = 0; run < Runs; run++)
            {
                own.Add(Own(edges, out long pairs));
                if (RunProlog(program) is not { } answer)
                {
                    Console.WriteLine("swipl: absent (Debian package swi-prolog-nox)");
                    continue;
                }
                if (answer.Pairs != pairs) throw new InvalidOperationException($"SWI-Prolog finds {answer.Pairs} pairs, we {pairs}.");
                prolog.Add(answer.Seconds);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{pairs} pairs: TensorLogic {own[^1]:F2} s, SWI-Prolog {answer.Seconds:F2} s"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median: TensorLogic {Median(own):F2} s{(prolog.Count > 0 ? $", SWI-Prolog {Median(prolog):F2} s, ratio {Median(prolog) / Median(own):F2}" : "")}"));
        return 0;
    }

    private static (int, int)[] Graph()
    {
        Random random = new(7);
        return [.. Enumerable.Range(0, Edges).Select(_ => (random.Next(Nodes), random.Next(Nodes)))];
    }

    private static double Own((int From, int To)[] edges, out long pairs)
    {
        using Engine engine = new(new EngineOptions { FactLimit = long.MaxValue, StepLimit = long.MaxValue });
        foreach ((int from, int to) in edges) engine.AddFact("Edge", from, to);
        engine.Run("Path(x, y) <- Edge(x, y)\nPath(x, z) <- Path(x, y), Edge(y, z)");
        Script count = engine.Compile("n = len(Path)");
        Stopwatch watch = Stopwatch.StartNew();
        RunResult result = engine.Run(count);
        watch.Stop();
        if (!result.Success) throw new InvalidOperationException(result.Diagnostic!.ToString());
        pairs = engine.Get("n").AsInt();
        return watch.Elapsed.TotalSeconds;
    }

    private static string Prolog((int From, int To)[] edges)
    {
        StringBuilder text = new(":- table path/2.\npath(X, Y) :- edge(X, Y).\npath(X, Z) :- path(X, Y), edge(Y, Z).\n");
        foreach ((int from, int to) in edges.Distinct()) text.Append(CultureInfo.InvariantCulture, $"edge({from}, {to}).\n");
        text.Append("main :- get_time(A), aggregate_all(count, path(_, _), N), get_time(B), T is B - A, format(\"~w ~w~n\", [N, T]).\n");
        return text.ToString();
    }

    private static (long Pairs, double Seconds)? RunProlog(string program)
    {
        ProcessStartInfo start = new("swipl") { RedirectStandardOutput = true };
        foreach (string argument in (string[])["--table-space=8g", "--stack-limit=4g", "-g", "main", "-t", "halt", program]) start.ArgumentList.Add(argument);
        try
        {
            using Process process = Process.Start(start)!;
            string[] answer = process.StandardOutput.ReadToEnd().Split(' ', StringSplitOptions.TrimEntries);
            process.WaitForExit();
            return (long.Parse(answer[0], CultureInfo.InvariantCulture), double.Parse(answer[1], CultureInfo.InvariantCulture));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
