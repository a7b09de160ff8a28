namespace TensorLogic.Tests.Architecture;

/// <summary>The arrows of docs/architecture.md: which room may know which.</summary>
public sealed class ArrowTests
{
    // A room may use itself and the rooms named here. The files beside the project file put the parts together and may use all.
    private static readonly Dictionary<string, string[]> s_core = new()
    {
        ["Devices"] = [],
        ["Errors"] = ["Devices"],
        ["Telemetry"] = [],
        ["Tensors"] = ["Errors"],
        ["Operators"] = ["Tensors", "Errors"],
        ["Graphs"] = ["Operators", "Tensors", "Errors", "Devices"],
        ["Cpu"] = ["Graphs", "Operators", "Tensors", "Errors", "Devices"],
        ["Training"] = ["Graphs", "Operators", "Tensors", "Errors"],
        ["Functions"] = ["Training", "Graphs", "Operators", "Tensors", "Errors"],
        ["Models"] = ["Graphs", "Operators", "Tensors", "Errors", "Devices", "Telemetry"],
        ["Formats"] = ["Models", "Tensors", "Errors", "Devices"],
    };

    private static readonly Dictionary<string, string[]> s_projects = new()
    {
        ["TensorLogic.Core"] = [],
        ["TensorLogic.Apple"] = [],
        ["TensorLogic.CoreML"] = ["TensorLogic.Core", "TensorLogic.Apple"],
        ["TensorLogic.Metal"] = ["TensorLogic.Core", "TensorLogic.Apple"],
        ["TensorLogic.Imaging"] = ["TensorLogic.Core"],
        ["TensorLogic.Language"] = ["TensorLogic.Core", "TensorLogic.Imaging"],
        ["TensorLogic.Tool"] = ["TensorLogic.Core", "TensorLogic.CoreML", "TensorLogic.Metal", "TensorLogic.Imaging", "TensorLogic.Language"],
    };

    [Test]
    public void Rooms_of_Core_use_only_the_rooms_below_them() => Assert.That(Violations("TensorLogic.Core", s_core), Is.Empty);

    [TestCase("ShapeException", "Errors")]
    [TestCase("TensorConversion", "Tensors")]
    [TestCase("InferenceContext", "Operators")]
    [TestCase("GraphBuilder", "Graphs")]
    [TestCase("CpuBackend", "Cpu")]
    [TestCase("ModelMetadata", "Models")]
    [TestCase("TensorLogicRuntime", "")]
    public void The_scan_knows_the_room_of_a_type(string type, string room) =>
        Assert.That(Rooms(SourceFile.OfProject("TensorLogic.Core"))[type], Is.EqualTo(room));

    [Test]
    public void Every_folder_of_Core_is_a_room_with_arrows() =>
        Assert.That(SourceFile.OfProject("TensorLogic.Core").Select(file => file.Room).Distinct().Where(room => room.Length > 0), Is.SubsetOf(s_core.Keys));

    [TestCaseSource(nameof(Projects))]
    public void A_project_references_only_the_projects_below_it(string project)
    {
        string text = File.ReadAllText(Path.Combine(TestData.Root, "src", project, $"{project}.csproj"));
        string[] referenced = [.. text.Split('"').Where(part => part.EndsWith(".csproj", StringComparison.Ordinal)).Select(part => Path.GetFileNameWithoutExtension(part))];

        Assert.That(referenced, Is.SubsetOf(s_projects[project]));
    }

    [Test]
    public void No_format_and_no_lowering_calls_a_kernel() =>
        Assert.That(SourceFile.OfProject("TensorLogic.CoreML").Where(file => file.Uses.Contains("CpuBackend") || file.Uses.Contains("Cpu")).Select(file => file.Path), Is.Empty);

    private static IEnumerable<string> Projects => s_projects.Keys;

    private static IEnumerable<string> Violations(string project, Dictionary<string, string[]> arrows)
    {
        IReadOnlyList<SourceFile> files = SourceFile.OfProject(project);
        Dictionary<string, string> roomOf = Rooms(files);
        foreach (SourceFile file in files)
        {
            if (file.Room.Length == 0) continue;
            foreach (string used in file.Uses)
                if (roomOf.TryGetValue(used, out string? room) && room != file.Room && !arrows[file.Room].Contains(room))
                    yield return $"{file.Path} ({file.Room}) uses {used} of {(room.Length == 0 ? "the top" : room)}";
        }
    }

    private static Dictionary<string, string> Rooms(IReadOnlyList<SourceFile> files)
    {
        // A name that two rooms declare, or that is a member's name too, says nothing about where an arrow leads.
        HashSet<string> members = [.. files.SelectMany(file => file.Members)];
        return files
            .SelectMany(file => file.Declares.Select(type => (Type: type, file.Room)))
            .Distinct()
            .GroupBy(declared => declared.Type)
            .Where(group => group.Count() == 1 && !members.Contains(group.Key))
            .ToDictionary(group => group.Key, group => group.First().Room);
    }
}
