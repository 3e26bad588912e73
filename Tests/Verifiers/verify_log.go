// Verifies an archive that 'charter ledger archive DIR' wrote with nothing of Charter's: the signed
// notes and the Merkle tree are those of golang.org/x/mod/sumdb, which verifies Go's checksum
// database. Only the paths of C2SP tlog-tiles, the frames of its bundles and the three lines of a
// checkpoint are read here.
//
//	verify_log ARCHIVE VKEY [OLDCHECKPOINT]
//
// It checks the signature of the checkpoint, that the tiles are exactly those of the signed tree,
// that every entry of the bundles has an inclusion proof, that the bundles hold as many entries as
// were signed, and with OLDCHECKPOINT that the tree grew out of that one. It prints one line and
// exits 0, or says in one sentence what is wrong and exits 1.
//
// With Debian's golang-go and golang-golang-x-mod-dev:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run verify_log.go ARCHIVE VKEY
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// tileHeight is fixed by C2SP tlog-tiles; a whole tile has tileWidth hashes, a bundle as many
// entries.
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

// c2spPath turns the path of Go's tiles, tile/8/L/N, into that of C2SP, tile/L/N.
func c2spPath(tile tlog.Tile) string {
	return "tile/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
}

// bundlePath is where the entries lie whose hashes are in a tile of level 0.
func bundlePath(tile tlog.Tile) string {
	return "tile/entries/" + strings.TrimPrefix(c2spPath(tile), "tile/0/")
}

// tiles reads the tiles of an archive, each once.
type tiles struct {
	directory string
	read      map[string][]byte
}

func (t tiles) Height() int { return tileHeight }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		path := c2spPath(tile)
		content, isRead := t.read[path]
		if !isRead {
			var err error
			if content, err = os.ReadFile(filepath.Join(t.directory, path)); err != nil {
				return nil, err
			}
			if size := tile.W * tlog.HashSize; len(content) != size {
				return nil, fmt.Errorf("%s has %d bytes and not %d", path, len(content), size)
			}
			t.read[path] = content
		}
		found = append(found, content)
	}
	return found, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// memory holds the hashes of a tree by their index in the order of tlog.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, index := range indexes {
		if index < 0 || index >= int64(len(m)) {
			return nil, fmt.Errorf("there is no hash %d", index)
		}
		found = append(found, m[index])
	}
	return found, nil
}

// openCheckpoint verifies a signed checkpoint and returns the tree that it names.
func openCheckpoint(path string, key note.Verifier) (tlog.Tree, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(content, note.VerifierList(key))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("%s is not signed by %s: %v", path, key.Name(), err)
	}
	// The decoder of x/mod overlooks bits of the last character that stand for nothing.
	for _, signature := range append(opened.Sigs, opened.UnverifiedSigs...) {
		if _, err := base64.StdEncoding.Strict().DecodeString(signature.Base64); err != nil {
			return tlog.Tree{}, fmt.Errorf("%s has a signature in no canonical Base64", path)
		}
	}
	lines := strings.Split(strings.TrimSuffix(opened.Text, "\n"), "\n")
	if len(lines) != 3 {
		return tlog.Tree{}, fmt.Errorf("%s has %d lines and not 3", path, len(lines))
	}
	if lines[0] != key.Name() {
		return tlog.Tree{}, fmt.Errorf("%s is of the log %q, not %q", path, lines[0], key.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 1 || strconv.FormatInt(size, 10) != lines[1] {
		return tlog.Tree{}, fmt.Errorf("%s has no size above 0 on its second line", path)
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil || root.String() != lines[2] {
		return tlog.Tree{}, fmt.Errorf("%s has no hash on its third line", path)
	}
	return tlog.Tree{N: size, Hash: root}, nil
}

// allTiles lists what a tree of this size has: whole tiles, and a partial one to end a level.
func allTiles(size int64) []tlog.Tile {
	var all []tlog.Tile
	for level := 0; size > 0; level, size = level+1, size/tileWidth {
		for first := int64(0); first < size; first += tileWidth {
			width := size - first
			if width > tileWidth {
				width = tileWidth
			}
			tile := tlog.Tile{H: tileHeight, L: level, N: first / tileWidth, W: int(width)}
			all = append(all, tile)
		}
	}
	return all
}

// checkBundles proves every entry through the tiles, and that there are exactly as many as were
// signed. It returns the hashes of the tree over them.
func checkBundles(tree tlog.Tree, directory string, hashes tlog.HashReader) (memory, error) {
	var computed memory
	for _, tile := range allTiles(tree.N) {
		if tile.L > 0 {
			break
		}
		path, first, width := bundlePath(tile), tile.N*tileWidth, int64(tile.W)
		rest, err := os.ReadFile(filepath.Join(directory, path))
		if err != nil {
			return nil, fmt.Errorf("a bundle cannot be read: %v", err)
		}
		for index := first; index < first+width; index++ {
			if len(rest) == 0 {
				return nil, fmt.Errorf("%s holds %d entries and not %d", path, index-first, width)
			}
			if len(rest) < 2 || len(rest)-2 < int(binary.BigEndian.Uint16(rest)) {
				return nil, fmt.Errorf("%s ends within the entry %d", path, index)
			}
			length := int(binary.BigEndian.Uint16(rest))
			entry := rest[2 : 2+length]
			rest = rest[2+length:]
			proof, err := tlog.ProveRecord(tree.N, index, hashes)
			if err != nil {
				return nil, fmt.Errorf("the tiles have no proof of the entry %d: %v", index, err)
			}
			hash := tlog.RecordHash(entry)
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, hash); err != nil {
				return nil, fmt.Errorf("%s holds another entry %d than was signed", path, index)
			}
			added, err := tlog.StoredHashesForRecordHash(index, hash, computed)
			if err != nil {
				return nil, fmt.Errorf("the entry %d cannot be hashed: %v", index, err)
			}
			computed = append(computed, added...)
		}
		if len(rest) > 0 {
			return nil, fmt.Errorf("%s holds more than %d entries", path, width)
		}
	}
	return computed, nil
}

// checkTiles compares every tile with what it has to be over the entries.
//
// The proofs alone would not do: before x/mod 0.40 its TileHashReader passes over some whole tiles
// (CVE-2026-56865), and a tile that no proof needs is not read at all.
func checkTiles(tree tlog.Tree, stored tiles, computed memory) (int, error) {
	root, err := tlog.TreeHash(tree.N, computed)
	if err != nil || root != tree.Hash {
		return 0, fmt.Errorf("the entries do not have the root that was signed")
	}
	all := allTiles(tree.N)
	for _, tile := range all {
		content, err := stored.ReadTiles([]tlog.Tile{tile})
		if err != nil {
			return 0, fmt.Errorf("a tile cannot be read: %v", err)
		}
		expected, err := tlog.ReadTileData(tile, computed)
		if err != nil || !bytes.Equal(content[0], expected) {
			return 0, fmt.Errorf("%s does not lead to the signed root", c2spPath(tile))
		}
	}
	return len(all), nil
}

// checkGrowth proves that a tree begins with all of an older one.
func checkGrowth(tree, old tlog.Tree, hashes tlog.HashReader) error {
	if old.N > tree.N {
		return fmt.Errorf("the older head covers %d entries, and the archive has %d", old.N, tree.N)
	}
	proof, err := tlog.ProveTree(tree.N, old.N, hashes)
	if err != nil {
		return fmt.Errorf("the tiles have no proof of growth from %d entries: %v", old.N, err)
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
		return fmt.Errorf("the log did not grow out of its older checkpoint: %v", err)
	}
	return nil
}

func verify(arguments []string) (string, error) {
	if len(arguments) != 2 && len(arguments) != 3 {
		return "", fmt.Errorf("usage: verify_log ARCHIVE VKEY [OLDCHECKPOINT]")
	}
	directory := arguments[0]
	key, err := note.NewVerifier(arguments[1])
	if err != nil {
		return "", fmt.Errorf("%q is no verifier key: %v", arguments[1], err)
	}
	tree, err := openCheckpoint(filepath.Join(directory, "checkpoint"), key)
	if err != nil {
		return "", err
	}
	stored := tiles{directory, map[string][]byte{}}
	hashes := tlog.TileHashReader(tree, stored)
	computed, err := checkBundles(tree, directory, hashes)
	if err != nil {
		return "", err
	}
	count, err := checkTiles(tree, stored, computed)
	if err != nil {
		return "", err
	}
	said := fmt.Sprintf(
		"verified: %s, %d entries with inclusion proofs, %d tiles, root %s",
		key.Name(), tree.N, count, tree.Hash,
	)
	if len(arguments) == 3 {
		old, err := openCheckpoint(arguments[2], key)
		if err != nil {
			return "", err
		}
		if err := checkGrowth(tree, old, hashes); err != nil {
			return "", err
		}
		said += fmt.Sprintf(", grown from %d entries", old.N)
	}
	return said, nil
}

func main() {
	said, err := verify(os.Args[1:])
	if err != nil {
		fmt.Fprintf(os.Stderr, "refused: %v.\n", err)
		os.Exit(1)
	}
	fmt.Println(said)
}
