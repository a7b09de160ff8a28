using System.Reflection;

namespace TensorLogic.Tests.Architecture;

/// <summary>What the packages show to others changes knowingly: the listings in <c>PublicApi</c> change with it. <c>TENSORLOGIC_ACCEPT_API=1</c> writes them anew.</summary>
public sealed class PublicApiTests
{
    [TestCase("TensorLogic.Core")]
    [TestCase("TensorLogic.CoreML")]
    [TestCase("TensorLogic.Imaging")]
    [TestCase("TensorLogic.Language")]
    [TestCase("TensorLogic.Metal")]
    public void An_assembly_shows_what_its_listing_says(string name)
    {
        string listing = Path.Combine(TestData.Root, "tests", "TensorLogic.Architecture.Tests", "PublicApi", $"{name}.txt"), actual = PublicApi.Write(Assembly.Load(name));
        if (Environment.GetEnvironmentVariable("TENSORLOGIC_ACCEPT_API") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(listing)!);
            File.WriteAllText(listing, actual);
            return;
        }

        Assert.That(actual, Is.EqualTo(File.ReadAllText(listing).ReplaceLineEndings("\n")));
    }
}
