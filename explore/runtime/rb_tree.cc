// SPDX-License-Identifier: Apache-2.0
//
// The parts of std::map, set and list that libstdc++ keeps in its library, where nothing is
// instrumented: re-balancing a tree, walking it, linking a list. The engine is told here what they
// read and write, so that races on a container are found, and a container from before the
// execution is put back after it.
//
// The nodes are declared anew, as the library's header would bring its templates along.
#include "explore/runtime/scheduler.h"

namespace hammerlock::explore {
namespace {

struct TreeNode {
  int colour;
  TreeNode* parent;  // The header's is the root, and the root's is the header.
  TreeNode* left;    // The header's is the first node,
  TreeNode* right;   // and the last.
};

struct ListNode {
  ListNode* next;
  ListNode* previous;
};

template <class T>
const T& Read(const T& field, void* pc) {
  if (Watching()) CheckRead(&field, sizeof(field), pc);
  return field;
}

template <class T>
void WillWrite(T& field, void* pc) {
  if (Watching()) CheckWrite(&field, sizeof(field), pc);
}

void Note(TreeNode* node) {
  if (node != nullptr) NoteWrite(node, sizeof(*node));
}

void NoteWithChildren(TreeNode* node) {
  if (node == nullptr) return;
  Note(node);
  Note(node->left);
  Note(node->right);
}

// What re-balancing from `node` upwards may write. Which of these it does write depends on their
// colours, so they are put back, but not looked at for races.
void NoteUpwards(TreeNode* node, TreeNode* header) {
  for (; node != header; node = node->parent) {
    Note(node);
    NoteWithChildren(node->left);
    NoteWithChildren(node->right);
  }
  Note(header);
}

using Side = TreeNode* TreeNode::*;

// The next node in the order in which `towards` comes last.
TreeNode* Step(TreeNode* node, Side towards, Side away, void* pc) {
  if (TreeNode* const child = Read(node->*towards, pc)) {
    node = child;
    while (TreeNode* const further = Read(node->*away, pc)) node = further;
    return node;
  }
  TreeNode* up = Read(node->parent, pc);
  while (node == Read(up->*towards, pc)) {
    node = up;
    up = Read(up->parent, pc);
  }
  // From the last node of a tree whose root is that node, the walk has gone on to the header.
  return node->*towards == up ? node : up;
}

TreeNode* Previous(TreeNode* node, void* pc) {
  // Only the header is red and its own grandparent.
  if (Read(node->colour, pc) == 0 && Read(Read(node->parent, pc)->parent, pc) == node) {
    return Read(node->right, pc);
  }
  if (Read(node->left, pc) != nullptr) return Step(node, &TreeNode::left, &TreeNode::right, pc);
  TreeNode* up = Read(node->parent, pc);
  while (node == Read(up->left, pc)) {
    node = up;
    up = Read(up->parent, pc);
  }
  return up;
}

// The link that leads to a node.
TreeNode*& LinkTo(TreeNode* node, TreeNode* header) {
  TreeNode* const parent = node->parent;
  if (parent == header) return header->parent;
  return parent->left == node ? parent->left : parent->right;
}

void Insert(bool left, TreeNode* node, TreeNode* parent, TreeNode* header, void* pc) {
  WillWrite(*node, pc);
  WillWrite(left ? parent->left : parent->right, pc);
  Read(parent->colour, pc);
  NoteUpwards(parent, header);
}

void Erase(TreeNode* node, TreeNode* header, void* pc) {
  WillWrite(*node, pc);
  WillWrite(LinkTo(node, header), pc);
  TreeNode* lowest = node;
  if (node->left != nullptr && node->right != nullptr) {
    // The successor takes its place.
    lowest = node->right;
    while (TreeNode* const further = Read(lowest->left, pc)) lowest = further;
    WillWrite(*lowest, pc);
  }
  NoteUpwards(lowest, header);
}

}  // namespace
}  // namespace hammerlock::explore

using namespace hammerlock::explore;

#define PC __builtin_return_address(0)

// The library's function of this name, which has the present one's type.
#define REAL(function, name)                                                             \
  ([] {                                                                                  \
    static auto* const real = reinterpret_cast<decltype(&function)>(RealFunction(name)); \
    return real;                                                                         \
  }())

#define INSERT "_ZSt29_Rb_tree_insert_and_rebalancebPSt18_Rb_tree_node_baseS0_RS_"
#define ERASE "_ZSt28_Rb_tree_rebalance_for_erasePSt18_Rb_tree_node_baseRS_"

extern "C" {

void hammerlock_tree_insert(bool left, TreeNode* node, TreeNode* parent,
                            TreeNode* header) asm(INSERT);
void hammerlock_tree_insert(bool left, TreeNode* node, TreeNode* parent, TreeNode* header) {
  if (Watching()) Insert(left, node, parent, header, PC);
  REAL(hammerlock_tree_insert, INSERT)(left, node, parent, header);
}

TreeNode* hammerlock_tree_erase(TreeNode* node, TreeNode* header) asm(ERASE);
TreeNode* hammerlock_tree_erase(TreeNode* node, TreeNode* header) {
  if (Watching()) Erase(node, header, PC);
  return REAL(hammerlock_tree_erase, ERASE)(node, header);
}

#define WALK(name, walk, symbol)              \
  TreeNode* name(TreeNode* node) asm(symbol); \
  TreeNode* name(TreeNode* node) { return walk; }

WALK(hammerlock_tree_next, Step(node, &TreeNode::right, &TreeNode::left, PC),
     "_ZSt18_Rb_tree_incrementPSt18_Rb_tree_node_base")
WALK(hammerlock_tree_next_const, Step(node, &TreeNode::right, &TreeNode::left, PC),
     "_ZSt18_Rb_tree_incrementPKSt18_Rb_tree_node_base")
WALK(hammerlock_tree_previous, Previous(node, PC),
     "_ZSt18_Rb_tree_decrementPSt18_Rb_tree_node_base")
WALK(hammerlock_tree_previous_const, Previous(node, PC),
     "_ZSt18_Rb_tree_decrementPKSt18_Rb_tree_node_base")

// What is done to a list is done here: it takes no longer than to tell of it.

void hammerlock_list_hook(ListNode* self,
                          ListNode* position) asm("_ZNSt8__detail15_List_node_base7_M_hookEPS0_");
void hammerlock_list_hook(ListNode* self, ListNode* position) {
  ListNode* const previous = Read(position->previous, PC);
  WillWrite(*self, PC);
  WillWrite(position->previous, PC);
  WillWrite(previous->next, PC);
  *self = {position, previous};
  position->previous = previous->next = self;
}

void hammerlock_list_unhook(ListNode* self) asm("_ZNSt8__detail15_List_node_base9_M_unhookEv");
void hammerlock_list_unhook(ListNode* self) {
  ListNode* const next = Read(self->next, PC);
  ListNode* const previous = Read(self->previous, PC);
  WillWrite(next->previous, PC);
  WillWrite(previous->next, PC);
  next->previous = previous;
  previous->next = next;
}

// [first, last), which may be of another list, goes before `self`.
void hammerlock_list_transfer(ListNode* self, ListNode* first, ListNode* last) asm(
    "_ZNSt8__detail15_List_node_base11_M_transferEPS0_S1_");
void hammerlock_list_transfer(ListNode* self, ListNode* first, ListNode* last) {
  if (self == last) return;
  ListNode* const last_moved = Read(last->previous, PC);
  ListNode* const before_first = Read(first->previous, PC);
  ListNode* const before_self = Read(self->previous, PC);
  ListNode** const links[] = {&last_moved->next, &before_first->next, &before_self->next,
                              &self->previous,   &last->previous,     &first->previous};
  for (ListNode** link : links) WillWrite(*link, PC);
  last_moved->next = self;
  before_first->next = last;
  before_self->next = first;
  self->previous = last_moved;
  last->previous = before_first;
  first->previous = before_self;
}

void hammerlock_list_reverse(ListNode* self) asm("_ZNSt8__detail15_List_node_base10_M_reverseEv");
void hammerlock_list_reverse(ListNode* self) {
  ListNode* node = self;
  do {
    ListNode* const next = node->next;
    WillWrite(*node, PC);
    *node = {node->previous, next};
    node = next;
  } while (node != self);
}

void hammerlock_list_swap(ListNode* a,
                          ListNode* b) asm("_ZNSt8__detail15_List_node_base4swapERS0_S1_");
void hammerlock_list_swap(ListNode* a, ListNode* b) {
  const bool a_empty = Read(a->next, PC) == a;
  const bool b_empty = Read(b->next, PC) == b;
  const ListNode nodes_of_a = *a, nodes_of_b = *b;
  const auto give = [](const ListNode& nodes, bool empty, ListNode* to, void* pc) {
    WillWrite(*to, pc);
    *to = empty ? ListNode{to, to} : nodes;
    if (empty) return;
    WillWrite(nodes.next->previous, pc);
    WillWrite(nodes.previous->next, pc);
    nodes.next->previous = nodes.previous->next = to;
  };
  give(nodes_of_b, b_empty, a, PC);
  give(nodes_of_a, a_empty, b, PC);
}

}  // extern "C"
