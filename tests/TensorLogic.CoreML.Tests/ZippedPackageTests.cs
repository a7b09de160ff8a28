using System.IO.Compression;
using System.Text;

namespace TensorLogic.Tests.CoreML;

/// <summary>Packages in zip files, as they are sent around.</summary>
public sealed class ZippedPackageTests
{
    private TensorLogicRuntime _runtime = null!;
    private DirectoryInfo _folder = null!;

    [OneTimeSetUp]
    public void Start()
    {
        _runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();
        _folder = Directory.CreateTempSubdirectory("tensorlogic-");
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _runtime.Dispose();
        _folder.Delete(recursive: true);
    }

    private string NewFile => Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.zip");

    private string Zip(params (string Name, byte[] Content)[] entries) => Zip(archive =>
    {
        foreach ((string name, byte[] content) in entries)
        {
            using Stream stream = archive.CreateEntry(name).Open();
            stream.Write(content);
        }
    });

    private string Zip(Action<ZipArchive> fill)
    {
        string path = NewFile;
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        fill(archive);
        return path;
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_package_runs_from_a_zip_file_with_or_without_its_folder(bool withFolder)
    {
        string path = NewFile;
        ZipFile.CreateFromDirectory(TestData.Path("digits", "digits-tensor.mlpackage"), path, CompressionLevel.Fastest, includeBaseDirectory: withFolder);
        using IModel zipped = _runtime.LoadModel(path), plain = _runtime.LoadModel(TestData.Path("digits", "digits-tensor.mlpackage"));
        using Tensor<float> x = Tensor<float>.Create([1, 1, 28, 28]);
        for (int i = 0; i < x.Span.Length; i++) x.Span[i] = i % 13 / 13f;

        using Features actual = zipped.Predict(x), expected = plain.Predict(x);

        Assert.That(TensorConversion.ReadDoubles(actual["probabilities"].AsTensor()), Is.EqualTo(TensorConversion.ReadDoubles(expected["probabilities"].AsTensor())));
        Assert.That(zipped.Metadata.Quantization.Name, Is.EqualTo("F16"));
    }

    [TestCase("../outside/x.bin")]
    [TestCase("/etc/x.bin")]
    [TestCase("a\\b/x.bin")]
    [TestCase("C:/x.bin")]
    public void An_entry_that_would_leave_the_folder_is_refused(string name) =>
        Assert.That(() => _runtime.LoadModel(Zip(("m/Manifest.json", "{}"u8.ToArray()), (name, "{}"u8.ToArray()))), Throws.TypeOf<ModelFormatException>().With.Message.Contains("inside the package"));

    [Test]
    public void A_link_is_refused()
    {
        string path = Zip(archive =>
        {
            ZipArchiveEntry link = archive.CreateEntry("model.mlpackage/Manifest.json");
            link.ExternalAttributes = 0xA1FF << 16;
            using Stream stream = link.Open();
            stream.Write("/etc/passwd"u8);
        });

        Assert.That(() => _runtime.LoadModel(path), Throws.TypeOf<ModelFormatException>().With.Message.Contains("link"));
    }

    [Test]
    public void A_name_that_comes_twice_is_refused() =>
        Assert.That(() => _runtime.LoadModel(Zip(("m/Manifest.json", "{}"u8.ToArray()), ("m/Manifest.json", "{}"u8.ToArray()))), Throws.TypeOf<ModelFormatException>().With.Message.Contains("two"));

    [Test]
    public void A_file_that_unpacks_to_far_more_than_it_is_ends_by_a_limit() =>
        Assert.That(() => _runtime.LoadModel(Zip(("m/Manifest.json", new byte[64 << 20]))), Throws.TypeOf<ModelLimitException>().With.Message.Contains("Unpacked bytes"));

    [Test]
    public void Too_many_entries_end_by_a_limit() =>
        Assert.That(() => _runtime.LoadModel(Zip([.. Enumerable.Range(0, 10_001).Select(i => ($"m/{i}", Array.Empty<byte>()))])), Throws.TypeOf<ModelLimitException>().With.Message.Contains("entries"));

    [Test]
    public void A_zip_file_without_a_package_is_refused() =>
        Assert.That(() => _runtime.LoadModel(Zip(("readme.txt", Encoding.UTF8.GetBytes("hello")))), Throws.TypeOf<ModelFormatException>().With.Message.Contains("one package"));

    [Test]
    public void A_broken_zip_file_is_refused()
    {
        string path = NewFile;
        File.WriteAllBytes(path, [.. "PK\x03\x04"u8, .. new byte[100]]);

        Assert.That(() => _runtime.LoadModel(path), Throws.TypeOf<ModelFormatException>());
    }

    [Test]
    public void A_Core_AI_model_is_named()
    {
        string folder = Path.Combine(_folder.FullName, "net.aimodel");
        Directory.CreateDirectory(folder);

        Assert.That(() => _runtime.LoadModel(folder), Throws.TypeOf<UnsupportedOperatorException>().With.Message.Contains("Core AI"));
    }
}
