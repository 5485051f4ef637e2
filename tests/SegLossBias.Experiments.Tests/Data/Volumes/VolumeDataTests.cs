using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Data.Volumes;

public sealed class VolumeDataTests : VolumeFolder
{
    [Fact]
    public void AFolderOfVolumes_GivesCasesWithTheChannelsThatAllHave()
    {
        foreach (var name in (string[])["p1", "p2", "p_3"])
        {
            Image($"{name}_T1.nii.gz", 10);
            Image($"{name}_FLAIR.nii", 20);
            Label($"{name}_gt.nii.gz", 1);
        }

        Image("p1_T2.nii.gz", 30);
        File.WriteAllText(Folder["._p1_T1.nii.gz"], "");
        File.WriteAllText(Folder["LICENSE.txt"], "");
        using var splits = Load();

        LeftOut.Should().Equal($"{Folder.Path}: channel T2: only 1 of 3 volumes have it");
        splits.Train.Concat(splits.Validation).Select(item => item.Name).Should().BeEquivalentTo(["p1", "p2", "p_3"]);
        (splits.Train.Count, splits.Validation.Count, splits.Test.Count).Should().Be((2, 1, 0));
        splits.Classes.Should().Equal("background", "foreground");
        splits.Origin.Should().Be(
            "a seeded 20 % of all volumes held out for validation (seed 1); FLAIR, T1: mean 0 and standard deviation 1 over the voxels that are not 0");
        var item = splits.Train[0];
        item.Image.shape.Should().Equal(2, 2, 3, 4);
        item.Labels.shape.Should().Equal(2, 3, 4);
        (item.Image.dtype, item.Labels.dtype).Should().Be((ScalarType.Float32, ScalarType.Byte));
        item.SpacingMm.Should().Equal(3, 2, 1);
        NiftiFile.ReadHeader(item.LabelFile!).SpacingMm.Should().Equal(item.SpacingMm);
    }

    [Fact]
    public void GivenFolders_AreTheSplit()
    {
        foreach (var name in (string[])["train/a", "train/b", "val/c", "test/d"])
        {
            Image($"{name}_ct.nii.gz", 10);
            Label($"{name}_gt.nii.gz", name == "test/d" ? 3 : 1);
        }

        using var splits = Load();
        splits.Train.Select(item => item.Name).Should().Equal("a", "b");
        splits.Validation.Select(item => item.Name).Should().Equal("c");
        splits.Test.Select(item => item.Name).Should().Equal("d");
        splits.Classes.Should().Equal("background", "class 1", "class 2", "class 3");
        splits.Origin.Should().StartWith("train/ and val/ as given; ct: ");
    }

    [Fact]
    public void WithoutAValidationFolder_APartOfTrainIsHeldOut()
    {
        foreach (var name in (string[])["train/a", "train/b", "train/c", "test/d"])
        {
            Image($"{name}_ct.nii.gz", 10);
            Label($"{name}_gt.nii.gz", 1);
        }

        using var splits = Load();
        (splits.Train.Count, splits.Validation.Count, splits.Test.Count).Should().Be((2, 1, 1));
        splits.Origin.Should().StartWith("a seeded 20 % of train/ held out for validation (seed 1); ");
    }

    [Fact]
    public void Groups_StayOnOneSide_AndTheSeedDecidesWhich()
    {
        string[] names = [.. from patient in "abcde" from visit in "12" select $"{patient}{visit}"];
        foreach (var name in names)
        {
            Image($"{name}_ct.nii", 10);
            Label($"{name}_gt.nii", 1);
        }

        string[] Held(int seed)
        {
            using var splits = Load(settings => settings with { Group = "^(.)", DataSeed = seed });
            splits.Train.Concat(splits.Validation).Should().AllSatisfy(item => item.Group.Should().Be(item.Name[..1]));
            splits.Origin.Should().Contain($"groups kept together (seed {seed})");
            return [.. splits.Validation.Select(item => item.Name)];
        }

        Held(1).Should().Equal(Held(1));
        var bySeed = Enumerable.Range(1, 10).Select(Held).ToList();
        bySeed.Should().AllSatisfy(held => held.Should().HaveCount(2).And.OnlyContain(name => name[0] == held[0][0]));
        bySeed.Select(held => held[0]).Distinct().Should().HaveCountGreaterThan(1);
        FluentActions.Invoking(() => Load(settings => settings with { Group = "(" }))
            .Should().Throw<UserError>().WithMessage("--group: *Not enough )*");
    }

    [Fact]
    public void WhatCannotBeUsed_IsNamedAndLeftOut()
    {
        foreach (var name in (string[])["good1", "good2", "good3", "shape", "spacing", "label", "half", "cut", "nan", "flat", "four"])
        {
            Image($"{name}_mr.nii.gz", 10);
            Label($"{name}_gt.nii.gz", 1);
        }

        Image("alone_mr.nii.gz", 10);
        Label("empty_gt.nii.gz", 1);
        Image("good1_mr.nii", 10);
        Image("nosuffix.nii.gz", 10);
        HandMadeNifti.Of(NiftiType.UInt8, [3, 4, 3, 1], new double[12]).Save(Folder["shape_mr.nii.gz"]);
        HandMadeNifti.Of(NiftiType.UInt8, Dim, Ramp(10)).Save(Folder["spacing_mr.nii.gz"]);
        HandMadeNifti.Of(NiftiType.UInt16, Dim, [.. new double[23], 256]).Save(Folder["label_gt.nii.gz"]);
        HandMadeNifti.Of(NiftiType.Float32, Dim, [.. new double[4], 0.5, .. new double[19]]).Save(Folder["half_gt.nii.gz"]);
        File.WriteAllBytes(Folder["cut_mr.nii.gz"], File.ReadAllBytes(Folder["cut_mr.nii.gz"])[..60]);
        (HandMadeNifti.Of(NiftiType.Float32, Dim, [.. Ramp(1).Skip(1), double.NaN]) with { Pixdim = [1, 1, 2, 3] }).Save(Folder["nan_mr.nii.gz"]);
        (HandMadeNifti.Of(NiftiType.UInt8, Dim, Enumerable.Repeat(9.0, 24)) with { Pixdim = [1, 1, 2, 3] }).Save(Folder["flat_mr.nii.gz"]);
        (HandMadeNifti.Of(NiftiType.UInt8, [4, 4, 3, 2, 2], [.. Ramp(1), .. Ramp(2)]) with { Pixdim = [1, 1, 2, 3] }).Save(Folder["four_mr.nii.gz"]);
        using var splits = Load();

        splits.Train.Concat(splits.Validation).Select(item => item.Name).Should().BeEquivalentTo(["good1", "good2", "good3"]);
        LeftOut.Should().BeEquivalentTo([
            $"{Folder["nosuffix.nii.gz"]}: not named NAME_CHANNEL.nii.gz",
            $"{Folder["good1_mr.nii.gz"]}: there is good1_mr twice",
            $"{Folder["alone"]}: no label map of that name",
            $"{Folder["empty"]}: no image of that name",
            $"{Folder["shape_mr.nii.gz"]}: 1×3×4 voxels, but its label map has 2×3×4",
            $"{Folder["spacing_mr.nii.gz"]}: voxels of 1×1×1 mm, but its label map has 3×2×1 mm",
            $"{Folder["label_gt.nii.gz"]}: label 256 at [1, 2, 3]; whole numbers from 0 to 254 are classes, 255 is ignored",
            $"{Folder["half_gt.nii.gz"]}: label 0.5 at [0, 1, 0]; whole numbers from 0 to 254 are classes, 255 is ignored",
            $"{Folder["cut_mr.nii.gz"]}: the compressed data is damaged or ends too early",
            $"{Folder["nan_mr.nii.gz"]}: a voxel is not a finite number",
            $"{Folder["flat_mr.nii.gz"]}: all voxels have the same value",
            $"{Folder["four_mr.nii.gz"]}: 2 channels, but 1 are expected",
        ]);
    }

    [Fact]
    public void ALabelMapThatRunsAnotherWayThanItsImage_IsNamedAndLeftOut()
    {
        double[] plain = [1, 0, 0, 5, 0, 2, 0, 6, 0, 0, 3, 7], mirrored = [-1, 0, 0, 5, 0, 2, 0, 6, 0, 0, 3, 7];
        double[] nearly = [1.0005, 0, 0, 5.3, 0.0009, 2, 0, 6.2, 0, 0, 3, 6.9], tilted = [1, 0, 0, 5, 0.01, 2, 0, 6, 0, 0, 3, 7];
        HandMadeNifti Affine(double[] affine, int version = 1) =>
            HandMadeNifti.Of(NiftiType.Int16, Dim, Ramp(1)) with { Version = version, Pixdim = [1, 1, 2, 3], Affine = affine, AffineCode = 1, Quaternion = [0, 0, 1], QuaternionCode = 1 };
        HandMadeNifti Turned(double qfac, params double[] quaternion) =>
            HandMadeNifti.Of(NiftiType.Int16, Dim, Ramp(1)) with { Pixdim = [qfac, 1, 2, 3], Quaternion = quaternion, QuaternionCode = 1 };
        void Pair(string name, HandMadeNifti image, HandMadeNifti label)
        {
            image.Save(Folder[$"{name}_mr.nii"]);
            label.Save(Folder[$"{name}_gt.nii"]);
        }

        Pair("same1", Affine(plain), Affine(nearly, version: 2));
        Pair("same2", Affine(mirrored), Turned(-1, 0, 1, 0) with { Origin = [5, 6, 7] });
        Pair("same3", Affine([0, 2, 0, 0, -1, 0, 0, 0, 0, 0, 3, 0]), Turned(1, 0, 0, -Math.Sqrt(0.5)));
        Pair("silent", Affine(mirrored), Affine(plain) with { AffineCode = 0, QuaternionCode = 0 });
        Pair("empty", Affine(mirrored), Affine(new double[12]) with { QuaternionCode = 0 });
        Pair("mirror", Affine(plain), Affine(mirrored));
        Pair("mirror2", Affine(plain, version: 2), Affine(mirrored, version: 2));
        Pair("tilt", Affine(plain), Affine(tilted));
        Pair("qfac", Turned(1, 0, 0, 0), Turned(-1, 0, 0, 0));
        using var splits = Load();

        splits.Train.Concat(splits.Validation).Select(item => item.Name).Should().BeEquivalentTo(["same1", "same2", "same3", "silent", "empty"]);
        LeftOut.Should().BeEquivalentTo([
            $"{Folder["mirror_mr.nii"]}: its axes run along (1 0 0), (0 1 0), (0 0 1), but those of its label map along (-1 0 0), (0 1 0), (0 0 1)",
            $"{Folder["mirror2_mr.nii"]}: its axes run along (1 0 0), (0 1 0), (0 0 1), but those of its label map along (-1 0 0), (0 1 0), (0 0 1)",
            $"{Folder["tilt_mr.nii"]}: its axes run along (1 0 0), (0 1 0), (0 0 1), but those of its label map along (1 0.01 0), (0 1 0), (0 0 1)",
            $"{Folder["qfac_mr.nii"]}: its axes run along (1 0 0), (0 1 0), (0 0 1), but those of its label map along (1 0 0), (0 1 0), (0 0 -1)",
        ]);
    }

    [Fact]
    public void FoldersWithTooLittle_AreErrors()
    {
        var load = () => Load();
        load.Should().Throw<UserError>().WithMessage("*has no channel that every volume has (wanted: NAME_CHANNEL.nii.gz with NAME_gt.nii.gz)");
        foreach (var name in (string[])["a", "b"])
        {
            Image($"{name}_mr.nii", 10);
            Label($"{name}_gt.nii", 0);
        }

        load.Should().Throw<UserError>().WithMessage("*1 volumes to train on and 1 to validate on are too few");
        Image("c_mr.nii", 10);
        Label("c_gt.nii", 0);
        load.Should().Throw<UserError>().WithMessage("*: 1 classes; 2 to 255 are possible");
        FluentActions.Invoking(() => Load(settings => settings with { Data = Folder["nowhere"] }))
            .Should().Throw<UserError>().WithMessage($"--data: there is no folder {Folder["nowhere"]}");
        FluentActions.Invoking(() => Load(settings => settings with { Layout = "Decathlon" }))
            .Should().Throw<UserError>().WithMessage("*dataset.json cannot be read: *");
        FluentActions.Invoking(() => Load(settings => settings with { Size = [32, 32] }))
            .Should().Throw<UserError>().WithMessage("*patches of D, H and W voxels; the size given is 32 × 32");
    }

    [Fact]
    public void Normalise_MakesMean0AndDeviation1OverVoxelsThatAreNot0_OrOverAllWhereSomeAreNegative() =>
        Gen.Select(Gen.Float[1, 1000].Array[5, 50], Gen.Int[1, 20], Gen.Bool).Sample((inside, zeros, negative) =>
        {
            float[] values = [.. inside, .. new float[zeros], negative ? -1000f : 1f];
            var scaled = values.ToArray();
            VolumeReader.Normalise(scaled);
            var counted = scaled.Where((_, i) => negative || values[i] != 0).Select(value => (double)value).ToArray();
            var mean = counted.Average();
            mean.Should().BeApproximately(0, 1e-5);
            counted.Average(value => (value - mean) * (value - mean)).Should().BeApproximately(1, 1e-5);
            scaled.Where((_, i) => !negative && values[i] == 0).Should().AllBeEquivalentTo(0f);
        });

    [SkippableFact]
    public void MsLesionVolumes_HaveTheForegroundSharesOfTheirFiles()
    {
        var data = Environment.GetEnvironmentVariable("SEGLOSSBIAS_DATA");
        var folder = Path.Combine(data ?? "", "ms_lesions_mni");
        Skip.If(data is null, "SEGLOSSBIAS_DATA does not name a folder that holds ms_lesions_mni/.");
        using var splits = Load(settings => settings with { Data = folder });

        using var scope = NewDisposeScope();
        LeftOut.Should().BeEmpty();
        var cases = splits.Train.Concat(splits.Validation).OrderBy(item => item.Name, StringComparer.Ordinal).ToList();
        cases.Select(item => item.Name).Should().Equal("patient07", "patient19", "patient26");
        cases.Should().AllSatisfy(item => item.Image.shape.Should().Equal(2, 136, 176, 136));
        cases.Should().AllSatisfy(item => item.SpacingMm.Should().Equal(1, 1, 1));
        cases.Zip([0.040, 1.53, 0.25]).Should().AllSatisfy(pair =>
            (100 * pair.First.Labels.count_nonzero().item<long>() / (double)pair.First.Labels.numel()).Should().BeApproximately(pair.Second, 0.005));
    }
}
