using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using BitMiracle.LibTiff.Classic;
using SegLossBias.Experiments.Tests.Data.Pictures;
using SegLossBias.Experiments.Tests.Data.Volumes;
using SegLossBias.Experiments.Tests.Reporting;
using SegLossBias.Experiments.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Data;

/// <summary>One file of each format that the program reads, damaged at random: it is loaded, or refused with a reason in one line, soon and within little managed memory. Undamaged it is loaded.</summary>
public sealed class DamagedFilesTests : IDisposable
{
    private const int CasesOfEach = 150;
    private const long MostBytes = 100_000_000;

    /// <summary>A thousand times what a case takes.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("png")]
    [InlineData("png with a palette")]
    [InlineData("jpg")]
    [InlineData("tif")]
    public void APicture_IsDecodedOrRefused(string kind)
    {
        using var pictures = new PictureFolder();
        var good = Picture(kind, pictures);
        Each(damage =>
        {
            var path = _folder["picture"];
            File.WriteAllBytes(path, damage.Bytes(good, good.Length));
            var raster = PictureFile.Decode(path);
            raster.Samples.Should().HaveCount(raster.Width * raster.Height * raster.Channels);
        }, typeof(InvalidPictureException), hasChecksum: kind.StartsWith("png", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1, "volume.nii")]
    [InlineData(2, "volume.nii")]
    [InlineData(1, "volume.nii.gz")]
    [InlineData(2, "volume.nii.gz")]
    public void AVolume_IsReadOrRefused(int version, string name)
    {
        var good = (HandMadeNifti.Of(NiftiType.Int16, [3, 4, 3, 2], Enumerable.Range(0, 24).Select(i => i * 25.0)) with { Version = version, AffineCode = 1 }).Bytes();
        Each(damage =>
        {
            // What is packed is damaged before or after it.
            var (isPacked, isDamagedInside) = (name.EndsWith(".gz", StringComparison.Ordinal), damage.Toss());
            var inside = !isPacked || isDamagedInside ? damage.Bytes(good, version == 1 ? 348 : 540) : good;
            var file = isPacked ? HandMadeNifti.Gzip(inside) : inside;
            File.WriteAllBytes(_folder[name], isPacked && !isDamagedInside ? damage.Bytes(file, file.Length) : file);
            var (header, values) = NiftiFile.Read(_folder[name]);
            values.Length.Should().Be((int)(header.Channels * header.Space.Aggregate(1L, (product, size) => product * size)));
        }, typeof(InvalidVolumeException));
    }

    [Theory]
    [InlineData("NnUNet")]
    [InlineData("Decathlon")]
    public void ADescriptionOfVolumes_IsFollowedOrRefused(string layout)
    {
        var good = layout == "NnUNet"
            ? """{ "channel_names": { "0": "CT", "1": "PET" }, "labels": { "background": 0, "organ": 1, "ignore": 2 }, "numTraining": 3, "file_ending": ".nii.gz" }"""
            : """{ "labels": { "0": "background", "1": "organ" }, "modality": { "0": "CT" }, "training": [ { "image": "./imagesTr/a_0000.nii.gz", "label": "./labelsTr/a.nii.gz" }, { "image": "./imagesTr/b_0000.nii.gz", "label": "./labelsTr/b.nii.gz" }, { "image": "./imagesTr/c_0000.nii.gz", "label": "./labelsTr/c.nii.gz" } ] }""";
        foreach (var name in new[] { "a", "b", "c" })
        {
            Volume($"labelsTr/{name}.nii.gz", i => i % 2);
            Volume($"imagesTr/{name}_0000.nii.gz", i => i + name[0]);
            Volume($"imagesTr/{name}_0001.nii.gz", i => -i);
        }

        Each(damage =>
        {
            File.WriteAllBytes(_folder["dataset.json"], damage.Json(Encoding.UTF8.GetBytes(good)));
            using var splits = DataLayouts.Load(SomeSettings.OnPictures(layout, _folder.Path) with { Size = [2, 2, 2] }, []);
            splits.Train.Should().NotBeEmpty();
        }, typeof(UserError));
    }

    [Fact]
    public void NamesOfClasses_AreTakenOrRefused()
    {
        using var pictures = new PictureFolder();
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
        {
            pictures.Grey($"images/{name}.png", 8, 8, (x, y) => (byte)((x * y) + name[0]));
            pictures.Grey($"masks/{name}.png", 8, 8, (x, _) => (byte)(x / 3));
        }

        var good = "background\nleft\nright\n"u8.ToArray();
        Each(damage =>
        {
            pictures.Bytes("classes.txt", damage.Bytes(good, good.Length));
            using var splits = DataLayouts.Load(SomeSettings.OnPictures("Folder", pictures.FullName), []);
            splits.Classes.Count.Should().BeGreaterThan(1);
        }, typeof(UserError));
    }

    [Fact]
    public void Settings_AreReadAndChecked_OrRefused()
    {
        ResultFolder.SaveSettings(_folder.Path, TestExperiment.Settings("RCE(L1):lambda=0.5,CE", 1, 2));
        var path = _folder[ResultFolder.SettingsFile];
        var good = File.ReadAllBytes(path);
        Each(damage =>
        {
            File.WriteAllBytes(path, damage.Json(good));
            var settings = ResultFolder.LoadSettings(_folder.Path);
            SettingsCheck.Check(settings);
            settings.Runs.Should().NotBeEmpty();
        }, typeof(UserError));
    }

    /// <summary>Tables need what they say of the settings; they do not train again.</summary>
    [Fact]
    public void SettingsBesideResults_AreReported_OrRefused()
    {
        var settings = TestExperiment.Settings("CE", 1);
        ResultFolder.SaveSettings(_folder.Path, settings);
        ResultFolder.SaveResult(_folder.Path, settings.Runs.Single(), TestExperiment.Random(settings, 5, cases: 2, classes: 2).Runs[0]);
        var path = _folder[ResultFolder.SettingsFile];
        var good = File.ReadAllBytes(path);
        Each(damage =>
        {
            File.WriteAllBytes(path, damage.Json(good));
            ExperimentReport.Write(ResultFolder.Load(_folder.Path), _folder.Path).Should().NotBeEmpty();
        }, typeof(UserError));
    }

    /// <summary>Also what somebody edits and then takes the checksum off; tables and figures need what passes to make sense.</summary>
    [Fact]
    public void AResult_IsReadAndReported_OrRefused()
    {
        var settings = TestExperiment.Settings("CE", 1);
        var (run, result) = (settings.Runs.Single(), TestExperiment.Random(settings, 5, cases: 2, classes: 2).Runs[0]);
        ResultFolder.SaveSettings(_folder.Path, settings);
        ResultFolder.SaveResult(_folder.Path, run, result);
        var path = Path.Combine(ResultFolder.RunFolder(_folder.Path, run), ResultFolder.ResultFile);
        var saved = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        saved.Remove("Sha256");
        var good = Encoding.UTF8.GetBytes(saved.ToJsonString());
        Each(damage =>
        {
            File.WriteAllBytes(path, damage.Json(good));
            ExperimentReport.Write(ResultFolder.Load(_folder.Path), _folder.Path).Should().NotBeEmpty();
        }, typeof(UserError));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Tensors_AreReadOrRefused(bool headerAlone)
    {
        using var scope = NewDisposeScope();
        var path = _folder["x.safetensors"];
        SafeTensors.Write(path, "text", [("a", arange(12, ScalarType.Float32).reshape(3, 4)), ("b", zeros(0, 3)), ("c", tensor(7L))]);
        var good = File.ReadAllBytes(path);
        var headerEnd = 8 + (int)BitConverter.ToInt64(good);
        var header = JsonNode.Parse(good.AsSpan(8, headerEnd - 8))!.AsObject();
        header["__metadata__"]!.AsObject().Remove("sha256"); // Files of others have none.
        Each(damage =>
        {
            using var inner = NewDisposeScope();
            var json = headerAlone ? damage.Json(Encoding.UTF8.GetBytes(header.ToJsonString())) : [];
            File.WriteAllBytes(path, headerAlone ? [.. BitConverter.GetBytes((long)json.Length), .. json, .. good[headerEnd..]] : damage.Bytes(good, headerEnd));
            SafeTensors.Read(path).Tensors.Values.Sum(value => value.numel()).Should().BeLessThan(1000);
        }, typeof(InvalidDataException), hasChecksum: !headerAlone);
    }

    /// <param name="load">Damages a file and loads it.</param>
    /// <param name="refusal">The kind of error that damage may be.</param>
    /// <param name="hasChecksum">Whether it may be that no damaged file can be loaded.</param>
    private static void Each(Action<Damage> load, Type refusal, bool hasChecksum = false)
    {
        load(Damage.None); // Else what follows would be refused for another reason than its damage.
        var loaded = 0;
        for (var seed = 0; seed < CasesOfEach; seed++)
        {
            var (watch, before) = (Stopwatch.StartNew(), GC.GetAllocatedBytesForCurrentThread());
            try
            {
                load(new Damage(seed));
                loaded++;
            }
            catch (Exception exception)
            {
                exception.Should().BeOfType(refusal, "of seed {0}: {1}", seed, exception);
                exception.Message.Should().NotBeEmpty().And.NotContain("\n", "of seed {0}", seed);
            }

            watch.Elapsed.Should().BeLessThan(Longest, "of seed {0}", seed);
            (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(MostBytes, "of seed {0}", seed);
        }

        loaded.Should().BeInRange(hasChecksum ? 0 : 1, CasesOfEach - 1, "some damage is seen, and some changes a value alone");
    }

    private static byte[] Picture(string kind, PictureFolder pictures)
    {
        var place = Path.Combine(pictures.FullName, "good.");
        switch (kind)
        {
            case "png":
                return new HandMadePng(7, 5, 2, 16, [.. Enumerable.Range(0, 7 * 5 * 3).Select(i => i * 600)]) { Orientation = 6 }.Bytes();
            case "png with a palette":
                return new HandMadePng(7, 5, 3, 4, [.. Enumerable.Range(0, 35).Select(i => i % 3)]) { Palette = [1, 2, 3, 4, 5, 6, 7, 8, 9], Interlaced = true }.Bytes();
            case "jpg":
                pictures.Colour("good.jpg", 24, 16, (x, y) => ((byte)(10 * x), (byte)(15 * y), 99));
                return File.ReadAllBytes(place + "jpg");
            default:
                pictures.TiffOf("good.tif", 8, 4, 16, [.. Enumerable.Range(0, 64).Select(i => (byte)(i * 3))], tiff => tiff.SetField(TiffTag.COMPRESSION, Compression.LZW));
                return File.ReadAllBytes(place + "tif");
        }
    }

    private void Volume(string name, Func<int, double> value)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        HandMadeNifti.Of(NiftiType.Int16, [3, 3, 3, 3], Enumerable.Range(0, 27).Select(value)).Save(_folder[name]);
    }
}
