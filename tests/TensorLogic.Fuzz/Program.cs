using System.Globalization;
using TensorLogic.Fuzz;

// dotnet run -c Release --project tests/TensorLogic.Fuzz -- [COUNT] [SEED] [READER...]
string data = Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "data");
int count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 20_000, seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
int failed = 0;
Console.WriteLine("| reader | files | read whole | refused inside | refused at the start | past the header | slowest |");
Console.WriteLine("|---|---|---|---|---|---|---|");
foreach (Target target in Target.All.Where(target => args.Length <= 2 || args.Skip(2).Contains(target.Name)))
{
    Outcome outcome = Campaign.Run(target, data, seed, count, done => Console.Error.Write($"\r{target.Name} {done}   "));
    Console.Error.Write("\r");
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {target.Name} | {outcome.Read + outcome.Deep + outcome.Shallow} | {outcome.Read} | {outcome.Deep} | {outcome.Shallow} | {outcome.PastHeader * 100:0.0} % | {outcome.Longest.TotalMilliseconds:0} ms |"));
    foreach (string failure in outcome.Failures) Console.Error.WriteLine(failure);
    failed += outcome.Failures.Count;
}
return failed == 0 ? 0 : 1;
