using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Data.Volumes;

public sealed class NiftiFileTests : IDisposable
{
    private const string DamagedGzip = "the compressed data is damaged or ends too early";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(2, new double[] { 0, 255, 7 })]
    [InlineData(256, new double[] { -128, 127, 7 })]
    [InlineData(512, new double[] { 0, 65535, 258 })]
    [InlineData(4, new double[] { -32768, 32767, 258 })]
    [InlineData(768, new double[] { 0, 4294967040, 66051 })]
    [InlineData(8, new double[] { -2147483648, 2147483520, 66051 })]
    [InlineData(1280, new double[] { 0, 1099511627776, 66051 })]
    [InlineData(1024, new double[] { -1099511627776, 1099511627776, 66051 })]
    [InlineData(16, new double[] { -0.1f, 3.4e38f, 1e-40f })]
    [InlineData(64, new double[] { -0.5, 1e30f, 0.125 })]
    public void EveryTypeInEveryByteOrderAndVersion_GivesTheStoredNumbers(int datatype, double[] stored)
    {
        foreach (var (bigEndian, version) in from bigEndian in (bool[])[false, true] from version in (int[])[1, 2] select (bigEndian, version))
        {
            var file = HandMadeNifti.Of((NiftiType)datatype, [3, 3, 1, 1], stored) with { BigEndian = bigEndian, Version = version };
            Read(file).Values.Should().Equal(stored.Select(value => (float)value));
            Read(file, "volume.nii.gz").Values.Should().Equal(stored.Select(value => (float)value));
        }
    }

    [Fact]
    public void AxesAreChannelsDepthHeightWidth_WithXFastest()
    {
        // Voxel (x, y, z, t) stores 1000·t + 100·z + 10·y + x.
        var stored = from t in Enumerable.Range(0, 2) from z in Enumerable.Range(0, 3) from y in Enumerable.Range(0, 4) from x in Enumerable.Range(0, 5)
                     select (1000.0 * t) + (100 * z) + (10 * y) + x;
        var (header, values) = Read(HandMadeNifti.Of(NiftiType.Int16, [4, 5, 4, 3, 2], stored) with { Pixdim = [1, 0.5, 2, 3, 9] });
        header.Channels.Should().Be(2);
        header.Space.Should().Equal(3, 4, 5);
        header.SpacingMm.Should().Equal(3, 2, 0.5);
        using var volume = tensor(values, [header.Channels, .. header.Space]);
        using var voxel = volume[1, 2, 3, 4];
        voxel.item<float>().Should().Be(1234);
    }

    [Theory]
    [InlineData(2, 1, 5, 7)]
    [InlineData(0.5, -100, -99, -98)]
    [InlineData(0, 55, 2, 4)]
    [InlineData(double.NaN, 55, 2, 4)]
    public void SlopeAndInterceptApply_ButNotASlopeOfNone(double slope, double intercept, float first, float second)
    {
        double[] stored = slope == 2 ? [2, 3] : [2, 4];
        Read(HandMadeNifti.Of(NiftiType.Int16, [1, 2], stored) with { Slope = slope, Intercept = intercept })
            .Values.Should().Equal(first, second);
    }

    [Theory]
    [InlineData(0, 0.7)]
    [InlineData(1, 700)]
    [InlineData(2 | 8, 0.7)]
    [InlineData(3 | 16, 0.0007)]
    public void SpacingIsInMillimetres_WhateverTheUnit(int units, double expected) =>
        Read(new HandMadeNifti { Units = units, Pixdim = [1, -0.7, 0.7, 0] }).Header.SpacingMm
            .Should().SatisfyRespectively(
                nothing => nothing.Should().Be(1), y => y.Should().BeApproximately(expected, 1e-4 * expected), x => x.Should().BeApproximately(expected, 1e-4 * expected));

    [Fact]
    public void ExtensionsBehindTheHeaderAreSkipped_AndAnOffsetOf0MeansNone()
    {
        var file = HandMadeNifti.Of(NiftiType.UInt8, [2, 2, 1], [4, 5]);
        Read(file with { Offset = 352 + 70_000 }).Values.Should().Equal(4, 5);
        Read(file with { Offset = 352 + 70_000, Version = 2 }, "volume.nii.gz").Values.Should().Equal(4, 5);
        Read(file with { Offset = 0 }).Values.Should().Equal(4, 5);
    }

    [Fact]
    public void AFileCutAnywhere_IsRefused()
    {
        var whole = HandMadeNifti.Of(NiftiType.UInt16, [3, 4, 3, 2], Enumerable.Range(0, 24).Select(i => i * 2500.0)).Bytes();
        var packed = HandMadeNifti.Gzip(whole);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Int[2, packed.Length - 1]).Sample((cut, packedCut) =>
        {
            Refusal(whole[..cut]).Should().Be(cut == 0 ? "the file is empty or not a plain file, such as a pipe" : "the file ends too early");
            Refusal(packed[..packedCut]).Should().Be(DamagedGzip);
        }, iter: 300, threads: 1);
    }

    [Fact]
    public void AnyDamagedByteOfACompressedFile_IsRefusedOrChangesNothing()
    {
        var whole = HandMadeNifti.Of(NiftiType.UInt8, [3, 8, 8, 8], Enumerable.Range(0, 512).Select(i => i * i % 251.0));
        var packed = HandMadeNifti.Gzip(whole.Bytes());
        Gen.Select(Gen.Int[0, packed.Length - 1], Gen.Byte[1, 255]).Sample((at, change) =>
        {
            byte[] damaged = [.. packed];
            damaged[at] ^= change;
            File.WriteAllBytes(_folder["volume.nii.gz"], damaged);
            try
            {
                NiftiFile.Read(_folder["volume.nii.gz"]).Values.Should().Equal(whole.Voxels.Select(value => (float)value));
            }
            catch (InvalidVolumeException refused)
            {
                refused.Message.Should().NotBeEmpty().And.NotContain("\n");
            }
        }, iter: 500, threads: 1);
    }

    public static TheoryData<string, string> DamagedHeaders() => new()
    {
        { "size", "not a NIfTI file: the header gives its size as 1000, not 348 or 540" },
        { "magic", "not a NIfTI file: the mark of the format is missing" },
        { "pair", "the header of a pair of files (.hdr, .img); convert the pair to one .nii file" },
        { "type", "datatype 128 is not supported; whole and real numbers of 8 to 64 bits are" },
        { "no dimensions", "0 dimensions; 1 to 7 are possible" },
        { "eight dimensions", "8 dimensions; 1 to 7 are possible" },
        { "negative extent", "dimension 2 has the extent -4" },
        { "extent of 0", "dimension 3 has the extent 0" },
        { "five dimensions", "dimension 5 has the extent 2; only four dimensions can be read" },
        { "absurd", "more than 536870912 voxels" },
        { "overflowing", "more than 536870912 voxels" },
        { "large, but not in this file", DamagedGzip },
        { "spacing", "a voxel spacing is not a finite number" },
        { "intercept", "the intercept of the values is not a finite number" },
        { "offset in the header", "the voxels begin at byte 100, which does not lie behind the header" },
        { "negative offset", "the voxels begin at byte -352, which does not lie behind the header" },
        { "offset between bytes", "the voxels begin at byte 352.5, which does not lie behind the header" },
        { "offset behind the end", "the file ends too early" },
        { "far offset", "the voxels begin at byte 1073741824; up to 67108864 can be read" },
    };

    [Theory]
    [MemberData(nameof(DamagedHeaders))]
    public void ADamagedHeader_IsRefusedForItsReason(string damage, string reason)
    {
        var good = HandMadeNifti.Of(NiftiType.UInt8, [3, 2, 2, 2], new double[8]);
        var bytes = damage switch
        {
            "size" => [0xe8, 3, 0, 0, .. good.Bytes()[4..]],
            "magic" => (good with { Magic = "\0\0\0" }).Bytes(),
            "pair" => (good with { Magic = "ni1" }).Bytes(),
            "type" => (good with { Type = (NiftiType)128 }).Bytes(),
            "no dimensions" => (good with { Dim = [0, 2, 2, 2] }).Bytes(),
            "eight dimensions" => (good with { Dim = [8, 2, 2, 2] }).Bytes(),
            "negative extent" => (good with { Dim = [3, 2, -4, 2] }).Bytes(),
            "extent of 0" => (good with { Dim = [3, 2, 2, 0] }).Bytes(),
            "five dimensions" => (good with { Dim = [5, 2, 2, 1, 1, 2] }).Bytes(),
            "absurd" => (good with { Dim = [3, 32767, 32767, 32767] }).Bytes(),
            "overflowing" => (good with { Version = 2, Dim = [4, long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue] }).Bytes(),
            "large, but not in this file" => HandMadeNifti.Gzip((good with { Dim = [3, 800, 800, 800] }).Bytes()),
            "spacing" => (good with { Pixdim = [1, 1, double.NaN, 1] }).Bytes(),
            "intercept" => (good with { Intercept = double.PositiveInfinity }).Bytes(),
            "offset in the header" => (good with { Offset = 100 }).Bytes(),
            "negative offset" => (good with { Version = 2, Offset = -352 }).Bytes(),
            "far offset" => Far(good),
            "offset between bytes" => (good with { Offset = 352.5 }).Bytes(),
            _ => [.. (good with { Offset = 4096 }).Bytes()[..3000]],
        };
        Refusal(bytes).Should().Be(reason);

        static byte[] Far(HandMadeNifti good)
        {
            var bytes = (good with { Version = 2 }).Bytes();
            BitConverter.GetBytes(1L << 30).CopyTo(bytes, 168);
            return bytes;
        }
    }

    [Fact]
    public void AHugeExtentInASmallFile_IsRefusedBeforeMemoryIsTaken()
    {
        var bytes = HandMadeNifti.Gzip((new HandMadeNifti() with { Dim = [3, 800, 800, 800] }).Bytes());
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refusal(bytes).Should().Be(DamagedGzip);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
    }

    [Fact]
    public void GigabytesBehindTheVoxels_AreRefusedUnread()
    {
        var whole = HandMadeNifti.Of(NiftiType.UInt8, [3, 16, 16, 16], new double[4096]).Bytes();
        Read([.. whole, .. new byte[1 << 20]]);
        using (var file = File.Create(_folder["volume.nii"]))
        using (var gzip = new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionLevel.Fastest))
        {
            gzip.Write(whole);
            for (var mebibytes = 0; mebibytes < 256; mebibytes++)
            {
                gzip.Write(new byte[1 << 20]);
            }
        }

        var watch = System.Diagnostics.Stopwatch.StartNew();
        FluentActions.Invoking(() => NiftiFile.Read(_folder["volume.nii"])).Should().Throw<InvalidVolumeException>()
            .WithMessage("more than 1048576 bytes follow the voxels that the header describes; save the volume again");
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5));

        void Read(byte[] bytes)
        {
            File.WriteAllBytes(_folder["volume.nii"], HandMadeNifti.Gzip(bytes));
            NiftiFile.Read(_folder["volume.nii"]).Values.Should().HaveCount(4096);
        }
    }

    [Theory]
    [InlineData(1, false, "labels.nii.gz")]
    [InlineData(1, true, "labels.nii")]
    [InlineData(2, false, "labels.nii")]
    [InlineData(2, true, "labels.nii.gz")]
    public void SavedLabels_HaveTheGeometryOfTheImage(int version, bool bigEndian, string name)
    {
        var image = new HandMadeNifti
        {
            Version = version, BigEndian = bigEndian, Type = NiftiType.Float32, Dim = [4, 4, 3, 2, 2], Pixdim = [-1, 0.7, 0.8, 3, 1],
            Slope = 2, Intercept = 7, Units = 3, Offset = 4000, Voxels = new double[48],
        };
        var source = Read(image).Header;
        using var labels = arange(24, ScalarType.Int64).reshape(2, 3, 4);
        NiftiFile.SaveLabels(_folder[name], labels, source);

        var (header, values) = NiftiFile.Read(_folder[name]);
        values.Should().Equal(Enumerable.Range(0, 24).Select(i => (float)i));
        header.Type.Should().Be(NiftiType.UInt8);
        header.Channels.Should().Be(1);
        header.Space.Should().Equal(source.Space);
        header.SpacingMm.Should().Equal(source.SpacingMm);
        var (affine, length) = version == 1 ? (280, 48) : (400, 96);
        header.Bytes.Slice(affine, length).ToArray().Should().Equal(image.Bytes()[affine..(affine + length)]).And.NotEqual(new byte[length]);
        Directory.GetFiles(_folder.Path, "*.part").Should().BeEmpty();
    }

    [Fact]
    public void SavedLabels_AreByteForByteWhatTheStandardSays()
    {
        var image = HandMadeNifti.Of(NiftiType.Int16, [3, 2, 1, 2], new double[4]) with { Slope = 3, Pixdim = [1, 2, 3, 4] };
        using var labels = tensor(new byte[] { 0, 1, 2, 1 }, [2, 1, 2]);
        NiftiFile.SaveLabels(_folder["labels.nii"], labels, Read(image).Header);
        var expected = image with { Type = NiftiType.UInt8, Slope = 1, Dim = [3, 2, 1, 2, 1, 1, 1, 1], Voxels = [0, 1, 2, 1] };
        byte[] bytes = expected.Bytes();
        bytes[72] = 8; // bitpix
        File.ReadAllBytes(_folder["labels.nii"]).Should().Equal(bytes);
    }

    [Fact]
    public void LabelsOfAnotherShape_AreAnError()
    {
        using var labels = zeros([1, 2, 3], ScalarType.Byte);
        var save = () => NiftiFile.SaveLabels(_folder["labels.nii"], labels, Read(HandMadeNifti.Of(NiftiType.UInt8, [3, 1, 2, 3], new double[6])).Header);
        save.Should().Throw<ArgumentException>().WithMessage("labels are [1, 2, 3], but the header is of [3, 2, 1]*");
    }

    private NiftiVolume Read(HandMadeNifti file, string name = "volume.nii")
    {
        file.Save(_folder[name]);
        return NiftiFile.Read(_folder[name]);
    }

    private string Refusal(byte[] bytes)
    {
        File.WriteAllBytes(_folder["volume.nii"], bytes);
        var read = () => NiftiFile.Read(_folder["volume.nii"]);
        return read.Should().Throw<InvalidVolumeException>().Which.Message;
    }
}
