using System.Runtime.InteropServices;
using System.Text.Json;

namespace TensorLogic.Tests.Tool.Packaging;

/// <summary>The packages, made from the sources, as a project outside the repository meets them.</summary>
[Category("slow")]
public sealed class PackagesTests
{
    private static readonly string[] Projects = ["Core", "Apple", "CoreML", "Metal", "Imaging", "Language", "Tool"];

    // No earlier package of the same version can be in a cache.
    private static readonly string Version = $"0.1.0-test.{DateTime.UtcNow:yyyyMMddHHmmss}";

    private static readonly string[] OfTheBuild = ["-c", "Release", "-nodeReuse:false", "-p:UseSharedCompilation=false"];

    private TemporaryFolder _folder = null!;

    private string Feed => _folder.Path("feed");

    [OneTimeSetUp]
    public void Pack()
    {
        _folder = new();
        string filter = _folder.Path("packages.slnf");
        File.WriteAllText(filter, Solution());
        ProgramRun.Dotnet(TestData.Root, ["pack", filter, .. OfTheBuild, $"-p:Version={Version}", "-o", Feed, "--artifacts-path", _folder.Path("build")]);
    }

    [OneTimeTearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void Every_assembly_is_a_package_with_its_symbols()
    {
        string[] files = [.. Directory.GetFiles(Feed).Select(path => Path.GetFileName(path)!)];

        foreach (string project in Projects)
            foreach (string extension in (string[])["nupkg", "snupkg"])
                Assert.That(files, Has.Member($"TensorLogic.{project}.{Version}.{extension}"));
    }

    [Test]
    public void A_new_console_project_uses_the_packages_and_publishes_with_Native_AOT()
    {
        RequireLinker();
        string project = Project("Consumer", """
            <PackageReference Include="TensorLogic.CoreML" Version="VERSION" />
            <PackageReference Include="TensorLogic.Metal" Version="VERSION" />
            <PackageReference Include="TensorLogic.Imaging" Version="VERSION" />
            """);
        File.Copy(TestData.Example("Digits", "Program.cs"), Path.Combine(project, "Program.cs"));

        ProgramRun published = ProgramRun.Dotnet(project, ["publish", .. OfTheBuild, "-r", RuntimeInformation.RuntimeIdentifier, "-o", Path.Combine(project, "out")]);
        ProgramRun run = ProgramRun.Of(Executable(project, "Consumer"), project, TestData.Example("models", "digits"));

        Assert.That(published.Warnings, Is.Empty);
        Assert.That((run.ExitCode, run.Output.Split('\n')[0]), Is.EqualTo((0, "CoreML F16")), run.Error);
        foreach (string label in (string[])["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
            Assert.That(run.Output, Does.Match($@"(?m)^{label}\.png +{label} +\d"));
        Assert.That(run.Output, Does.Contain("f16[1, 1, 28, 28]: class 7").And.Contain("f32[1, 1, 28, 28]: class 7"));
    }

    [Test]
    public void The_tool_is_installed_from_its_package()
    {
        string project = Project("Host", "");

        ProgramRun.Dotnet(project, "tool", "install", "TensorLogic.Tool", "--version", Version, "--tool-path", "tools", "--configfile", "nuget.config");
        ProgramRun run = ProgramRun.Of(Path.Combine(project, "tools", OperatingSystem.IsWindows() ? "tl.exe" : "tl"), project, "info", TestData.Example("models", "digits", "digits.mlpackage"), "--json");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(JsonDocument.Parse(run.Output).RootElement.GetProperty("quantization").GetString(), Is.EqualTo("F16"));
    }

    [Test]
    public void The_tool_publishes_with_Native_AOT_without_a_warning_and_describes_a_model_in_a_tenth_of_a_second()
    {
        RequireLinker();
        string output = _folder.Path("tl");

        ProgramRun published = ProgramRun.Dotnet(TestData.Root,
            ["publish", Path.Combine("src", "TensorLogic.Tool"), .. OfTheBuild, "-r", RuntimeInformation.RuntimeIdentifier, "-p:PublishAot=true", "-o", output, "--artifacts-path", _folder.Path("aot")]);
        string program = Path.Combine(output, OperatingSystem.IsWindows() ? "tl.exe" : "tl");
        ProgramRun[] runs = [.. Enumerable.Range(0, 5).Select(_ => ProgramRun.Of(program, output, "info", TestData.Example("models", "digits", "digits.mlpackage")))];

        Assert.That(published.Warnings, Is.Empty);
        Assert.That(runs.Select(run => run.ExitCode), Is.All.Zero);
        Assert.That(runs.Min(run => run.Elapsed.TotalMilliseconds), Is.LessThan(100));
    }

    /// <summary>A console project in a folder of its own that takes our packages from the feed, and others from where this machine has them.</summary>
    private string Project(string name, string references)
    {
        string folder = Directory.CreateDirectory(_folder.Path(name)).FullName;
        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } moved ? moved
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(Path.Combine(folder, $"{name}.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <PublishAot>true</PublishAot>
                <InvariantGlobalization>true</InvariantGlobalization>
                <IlcInstructionSet Condition="!$([System.Runtime.InteropServices.RuntimeInformation]::OSArchitecture.ToString().StartsWith('Arm'))">x86-64-v3</IlcInstructionSet>
              </PropertyGroup>
              <ItemGroup>
                {references.Replace("VERSION", Version, StringComparison.Ordinal)}
              </ItemGroup>
            </Project>
            """);
        // Its own packages folder leaves no test version behind; the machine's is only read.
        File.WriteAllText(Path.Combine(folder, "nuget.config"), $"""
            <?xml version="1.0" encoding="utf-8"?>
            <configuration>
              <config><add key="globalPackagesFolder" value="{_folder.Path("packages")}" /></config>
              <packageSources><add key="tensorlogic-test" value="{Feed}" /></packageSources>
              {(Directory.Exists(cache) ? $"<fallbackPackageFolders><add key=\"machine\" value=\"{cache}\" /></fallbackPackageFolders>" : "")}
            </configuration>
            """);
        return folder;
    }

    private static string Solution()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteStartObject("solution");
            json.WriteString("path", Path.Combine(TestData.Root, "TensorLogic.sln"));
            json.WriteStartArray("projects");
            foreach (string project in Projects) json.WriteStringValue(Path.Combine("src", $"TensorLogic.{project}", $"TensorLogic.{project}.csproj"));
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Executable(string project, string name) => Path.Combine(project, "out", OperatingSystem.IsWindows() ? $"{name}.exe" : name);

    private static void RequireLinker()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (OperatingSystem.IsLinux() && !folders.Any(folder => File.Exists(Path.Combine(folder, "gcc")) || File.Exists(Path.Combine(folder, "clang"))))
            Assert.Ignore("Native AOT links with gcc or clang; neither is installed.");
    }
}
